//! One operation, done by the contestants in turn, so that what disturbs one disturbs all.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::contestant::{self, Contestant};

/// How many times each contestant works in a turn: enough to keep its caches warm.
const TURN: usize = 20;

/// The medians of one operation, per call.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) operation: &'static str,
    pub(crate) store: Duration,
    pub(crate) others: Vec<Other>,
}

/// What another contestant needed.
#[derive(Debug, Clone)]
pub(crate) struct Other {
    pub(crate) name: &'static str,
    pub(crate) time: Duration,
    /// How many times longer the store needs: the median of the turns.
    pub(crate) ratio: f64,
}

impl Outcome {
    /// The ratio to another contestant, where he took part.
    pub(crate) fn against(&self, name: &str) -> Option<f64> {
        let other = self.others.iter().find(|other| other.name == name)?;
        Some(other.ratio)
    }

    /// Each contestant with what it needed, the store first.
    pub(crate) fn times(&self) -> impl Iterator<Item = (&'static str, Duration)> {
        let others = self.others.iter().map(|other| (other.name, other.time));
        std::iter::once((contestant::STORE, self.store)).chain(others)
    }

    /// The same when each call did so many things.
    pub(crate) fn divided(mut self, by: usize) -> Self {
        let by = u32::try_from(by).unwrap();
        self.store /= by;
        for other in &mut self.others {
            other.time /= by;
        }
        self
    }

    pub(crate) fn json(&self) -> Value {
        let mut object = json!({ "operation": self.operation, "store_us": micros(self.store) });
        for other in &self.others {
            object[format!("{}_us", other.name)] = micros(other.time).into();
        }
        for other in &self.others {
            object[format!("against_{}", other.name)] = other.ratio.into();
        }
        object
    }
}

pub(crate) fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// Measures; `calls` in all for each contestant, the store first. Each is told how many calls it has had. They take
/// turns in going first.
pub(crate) async fn contest(
    operation: &'static str,
    calls: usize,
    contestants: &[Box<dyn Contestant>],
    work: impl AsyncFn(&dyn Contestant, usize),
) -> Outcome {
    eprintln!("  {operation}");
    let turn = TURN.min(calls);
    let count = contestants.len();
    let mut turns: Vec<Vec<Duration>> = Vec::new();
    for round in 0..=calls.div_ceil(turn) {
        let mut times: Vec<Vec<Duration>> = vec![Vec::new(); count];
        for place in 0..count {
            let whose = (round + place) % count;
            let contestant = &*contestants[whose];
            for call in round * turn..(round + 1) * turn {
                let begun = Instant::now();
                work(contestant, call).await;
                times[whose].push(begun.elapsed());
            }
        }
        // The first turn warms up.
        if round > 0 {
            turns.push(times.into_iter().map(median).collect());
        }
    }
    let of = |contestant: usize| median(turns.iter().map(|turn| turn[contestant]).collect());
    let against = |other: usize| {
        let ratios = turns
            .iter()
            .map(|turn| turn[0].as_secs_f64() / turn[other].as_secs_f64());
        middle(ratios.collect())
    };
    let others = contestants.iter().enumerate().skip(1);
    Outcome {
        operation,
        store: of(0),
        others: others
            .map(|(place, contestant)| Other {
                name: contestant.name(),
                time: of(place),
                ratio: against(place),
            })
            .collect(),
    }
}

pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

pub(crate) fn middle(mut ratios: Vec<f64>) -> f64 {
    ratios.sort_by(f64::total_cmp);
    ratios[ratios.len() / 2]
}
