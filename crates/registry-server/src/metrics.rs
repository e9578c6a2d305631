//! Counters and latencies, as Prometheus reads them.

mod calls;
mod counted;
mod histogram;
mod process;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::http::{Method, StatusCode};

pub(crate) use self::calls::Calls;
pub(crate) use self::counted::Counted as CountedStore;
use self::histogram::Histogram;
pub(crate) use self::process::process;

/// What is counted.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    running: AtomicU64,
    /// By method and route.
    routes: Mutex<BTreeMap<&'static str, BTreeMap<String, Counted>>>,
    problems: Mutex<BTreeMap<String, u64>>,
}

/// What is counted of one route.
#[derive(Debug, Default, Clone)]
struct Counted {
    by_status: BTreeMap<u16, u64>,
    times: Histogram,
}

/// Counts a request as running until it is dropped.
pub(crate) struct Running<'m>(&'m Metrics);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Metrics {
    pub(crate) fn running(&self) -> Running<'_> {
        self.running.fetch_add(1, Ordering::Relaxed);
        Running(self)
    }

    /// Counts an answer. `route` is a path of the table, so the number of series is bounded; so are the methods.
    pub(crate) fn answered(&self, method: &Method, route: &str, status: StatusCode, time: Duration) {
        let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
        let known = known.into_iter().find(|known| *known == method.as_str());
        let mut routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        let routes = routes.entry(known.unwrap_or("other")).or_default();
        // Each but the first time without a copy of the route.
        if !routes.contains_key(route) {
            routes.insert(route.to_owned(), Counted::default());
        }
        let Some(counted) = routes.get_mut(route) else {
            return;
        };
        *counted.by_status.entry(status.as_u16()).or_default() += 1;
        counted.times.add(time);
    }

    /// Counts a problem by its code. They are those of the reference, so their number is bounded.
    pub(crate) fn problem(&self, code: &str) {
        let mut problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        *problems.entry(code.to_owned()).or_default() += 1;
    }

    /// Everything as Prometheus' text.
    pub(crate) fn text(&self, streams: usize, kept: u64) -> String {
        let routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let problems = self
            .problems
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let running = self.running.load(Ordering::Relaxed);
        let mut text = String::new();
        // Writing to a text cannot fail.
        let _ = write!(
            text,
            "# HELP registry_requests_running Requests that are being answered.\n\
             # TYPE registry_requests_running gauge\nregistry_requests_running {running}\n\
             # HELP registry_event_streams Streams of events that are open.\n\
             # TYPE registry_event_streams gauge\nregistry_event_streams {streams}\n\
             # HELP registry_kept_answers_total Answers to searches that were kept from before, since nothing was written.\n\
             # TYPE registry_kept_answers_total counter\nregistry_kept_answers_total {kept}\n\
             # HELP registry_requests_total Requests that were answered.\n\
             # TYPE registry_requests_total counter\n"
        );
        let all = || {
            let methods = routes.iter();
            methods.flat_map(|(method, routes)| {
                routes
                    .iter()
                    .map(move |(route, counted)| (method, route, counted))
            })
        };
        for (method, route, counted) in all() {
            for (status, count) in &counted.by_status {
                let _ = writeln!(
                    text,
                    "registry_requests_total{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}} {count}"
                );
            }
        }
        text.push_str(
            "# HELP registry_problems_total Answers that were problems, by code.\n\
             # TYPE registry_problems_total counter\n",
        );
        for (code, count) in &problems {
            let _ = writeln!(text, "registry_problems_total{{code=\"{code}\"}} {count}");
        }
        text.push_str(
            "# HELP registry_request_seconds Time until the answer of a request began.\n\
             # TYPE registry_request_seconds histogram\n",
        );
        for (method, route, counted) in all() {
            let labels = format!("method=\"{method}\",route=\"{route}\"");
            counted
                .times
                .write(&mut text, "registry_request_seconds", &labels);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_says_what_was_counted() {
        let metrics = Metrics::default();
        let _running = metrics.running();
        let path = "/api/v1/models/{id}";
        metrics.answered(&Method::GET, path, StatusCode::OK, Duration::from_micros(700));
        metrics.answered(
            &Method::GET,
            path,
            StatusCode::NOT_FOUND,
            Duration::from_millis(3),
        );
        let strange = Method::from_bytes(b"BREW").unwrap();
        metrics.answered(&strange, "none", StatusCode::NOT_FOUND, Duration::ZERO);
        metrics.problem("model_not_found");
        let text = metrics.text(3, 5);
        for line in [
            "registry_requests_running 1",
            "registry_event_streams 3",
            "registry_kept_answers_total 5",
            "registry_problems_total{code=\"model_not_found\"} 1",
            "registry_requests_total{method=\"GET\",route=\"/api/v1/models/{id}\",status=\"404\"} 1",
            "registry_requests_total{method=\"other\",route=\"none\",status=\"404\"} 1",
            "registry_request_seconds_bucket{method=\"GET\",route=\"/api/v1/models/{id}\",le=\"0.001000\"} 1",
            "registry_request_seconds_bucket{method=\"GET\",route=\"/api/v1/models/{id}\",le=\"+Inf\"} 2",
            "registry_request_seconds_sum{method=\"GET\",route=\"/api/v1/models/{id}\"} 0.003700",
        ] {
            assert!(text.lines().any(|other| other == line), "{line}\n{text}");
        }
    }
}
