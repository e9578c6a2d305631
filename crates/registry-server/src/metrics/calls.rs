//! What the store was asked, how long its answers took, and the connections that it keeps.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use registry_core::{Pool, Result};

use super::counted::VERBS;
use super::histogram::Histogram;

/// How many codes of errors one verb is counted with; beyond that they are `other`. A store has fewer.
const CODES: usize = 60;

/// Every verb's calls.
#[derive(Debug)]
pub(crate) struct Calls {
    running: AtomicU64,
    verbs: BTreeMap<&'static str, Mutex<Verb>>,
}

/// The calls of one verb.
#[derive(Debug, Default, Clone)]
struct Verb {
    answered: u64,
    /// Nobody waited for the answer any more.
    left: u64,
    /// By the code of the error.
    failed: BTreeMap<String, u64>,
    times: Histogram,
}

/// A call that is not over yet.
pub(super) struct Call<'c> {
    calls: &'c Calls,
    verb: &'static str,
    begun: Instant,
    over: bool,
}

impl Default for Calls {
    fn default() -> Self {
        let verbs = VERBS.iter().flat_map(|verbs| verbs.iter());
        Self {
            running: AtomicU64::default(),
            verbs: verbs.map(|verb| (*verb, Mutex::default())).collect(),
        }
    }
}

impl Calls {
    pub(super) fn begin(&self, verb: &'static str) -> Call<'_> {
        self.running.fetch_add(1, Ordering::Relaxed);
        Call {
            calls: self,
            verb,
            begun: Instant::now(),
            over: false,
        }
    }

    /// Everything as Prometheus' text. Verbs that were never called have counters, so that a first failure is a rise.
    pub(crate) fn text(&self, pools: &[Pool]) -> String {
        let running = self.running.load(Ordering::Relaxed);
        let mut text = format!(
            "# HELP registry_store_calls_running Calls of the store that are being answered.\n\
             # TYPE registry_store_calls_running gauge\nregistry_store_calls_running {running}\n\
             # HELP registry_store_calls_total Calls of the store, by verb and by `ok`, `left` or the code of the error.\n\
             # TYPE registry_store_calls_total counter\n"
        );
        let copied = |verb: &Mutex<Verb>| verb.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let verbs: Vec<(&str, Verb)> = self
            .verbs
            .iter()
            .map(|(name, verb)| (*name, copied(verb)))
            .collect();
        let mut line = |verb: &str, outcome: &str, count: u64| {
            // Writing to a text cannot fail.
            let _ = writeln!(
                text,
                "registry_store_calls_total{{verb=\"{verb}\",outcome=\"{outcome}\"}} {count}"
            );
        };
        for (name, verb) in &verbs {
            line(name, "ok", verb.answered);
            if verb.left > 0 {
                line(name, "left", verb.left);
            }
            for (code, count) in &verb.failed {
                line(name, code, *count);
            }
        }
        text.push_str(
            "# HELP registry_store_call_seconds Time until the store answered.\n\
             # TYPE registry_store_call_seconds histogram\n",
        );
        for (name, verb) in &verbs {
            if verb.answered > 0 || !verb.failed.is_empty() {
                let labels = format!("verb=\"{name}\"");
                verb.times
                    .write(&mut text, "registry_store_call_seconds", &labels);
            }
        }
        text.push_str(
            "# HELP registry_pool_connections Connections to the database that are open, by what they do.\n\
             # TYPE registry_pool_connections gauge\n",
        );
        for pool in pools {
            let (role, idle, used) = (pool.role, pool.idle, pool.open.saturating_sub(pool.idle));
            for (state, count) in [("idle", idle), ("used", used)] {
                let _ = writeln!(
                    text,
                    "registry_pool_connections{{pool=\"{role}\",state=\"{state}\"}} {count}"
                );
            }
        }
        text.push_str(
            "# HELP registry_pool_most How many connections to the database there may be.\n\
             # TYPE registry_pool_most gauge\n",
        );
        for pool in pools {
            let _ = writeln!(text, "registry_pool_most{{pool=\"{}\"}} {}", pool.role, pool.most);
        }
        text
    }
}

impl Call<'_> {
    /// The store has answered.
    pub(super) fn end<T>(mut self, answer: &Result<T>) {
        self.over = true;
        let Some(verb) = self.calls.verbs.get(self.verb) else {
            return;
        };
        let mut verb = verb.lock().unwrap_or_else(PoisonError::into_inner);
        verb.times.add(self.begun.elapsed());
        match answer {
            Ok(_) => verb.answered += 1,
            Err(error) => {
                let known = verb.failed.len() < CODES || verb.failed.contains_key(error.code());
                let code = if known { error.code() } else { "other" };
                *verb.failed.entry(code.to_owned()).or_default() += 1;
            }
        }
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        self.calls.running.fetch_sub(1, Ordering::Relaxed);
        if let Some(verb) = self.calls.verbs.get(self.verb).filter(|_| !self.over) {
            verb.lock().unwrap_or_else(PoisonError::into_inner).left += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use registry_core::Error;

    use super::*;

    #[test]
    fn the_text_says_what_was_counted() {
        let calls = Calls::default();
        calls.begin("find").end(&Ok(1));
        calls.begin("find").end(&Ok(1));
        drop(calls.begin("find"));
        let wanted = "7".into();
        let missing: Result<()> = Err(Error::ModelNotFound { wanted });
        calls.begin("delete").end(&missing);
        let _running = calls.begin("search");
        let pool = Pool {
            role: "readers",
            most: 8,
            open: 3,
            idle: 1,
        };
        let text = calls.text(&[pool]);
        for line in [
            "registry_store_calls_running 1",
            "registry_store_calls_total{verb=\"find\",outcome=\"ok\"} 2",
            "registry_store_calls_total{verb=\"find\",outcome=\"left\"} 1",
            "registry_store_calls_total{verb=\"delete\",outcome=\"ok\"} 0",
            "registry_store_calls_total{verb=\"delete\",outcome=\"model_not_found\"} 1",
            "registry_store_call_seconds_count{verb=\"find\"} 2",
            "registry_store_call_seconds_count{verb=\"delete\"} 1",
            "registry_pool_connections{pool=\"readers\",state=\"idle\"} 1",
            "registry_pool_connections{pool=\"readers\",state=\"used\"} 2",
            "registry_pool_most{pool=\"readers\"} 8",
        ] {
            assert!(text.lines().any(|other| other == line), "{line}\n{text}");
        }
    }
}
