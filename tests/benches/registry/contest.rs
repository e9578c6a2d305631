//! One operation, done by the contestants in turn, so that what disturbs one disturbs all.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How many times each contestant works in a turn: enough to keep its caches warm.
const TURN: usize = 20;

/// The medians of one operation, per call.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) operation: &'static str,
    pub(crate) store: Duration,
    pub(crate) bare: Duration,
    pub(crate) floor: Duration,
}

impl Outcome {
    pub(crate) fn against_bare(&self) -> f64 {
        self.store.as_secs_f64() / self.bare.as_secs_f64()
    }

    pub(crate) fn against_floor(&self) -> f64 {
        self.store.as_secs_f64() / self.floor.as_secs_f64()
    }

    pub(crate) fn json(&self) -> Value {
        json!({
            "operation": self.operation,
            "store_us": micros(self.store),
            "bare_us": micros(self.bare),
            "floor_us": micros(self.floor),
            "against_bare": self.against_bare(),
            "against_floor": self.against_floor(),
        })
    }
}

pub(crate) fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// Measures; `calls` in all for each contestant. Each is told how many calls it has had.
pub(crate) async fn contest(
    operation: &'static str,
    calls: usize,
    mut store: impl AsyncFnMut(usize),
    mut bare: impl AsyncFnMut(usize),
    mut floor: impl FnMut(usize),
) -> Outcome {
    eprintln!("  {operation}");
    let turn = TURN.min(calls);
    let (mut of_store, mut of_bare, mut of_floor) = (Vec::new(), Vec::new(), Vec::new());
    let turns = calls.div_ceil(turn);
    // The first turn warms up.
    for round in 0..=turns {
        for call in round * turn..(round + 1) * turn {
            let begun = Instant::now();
            store(call).await;
            if round > 0 {
                of_store.push(begun.elapsed());
            }
        }
        for call in round * turn..(round + 1) * turn {
            let begun = Instant::now();
            bare(call).await;
            if round > 0 {
                of_bare.push(begun.elapsed());
            }
        }
        for call in round * turn..(round + 1) * turn {
            let begun = Instant::now();
            floor(call);
            if round > 0 {
                of_floor.push(begun.elapsed());
            }
        }
    }
    Outcome {
        operation,
        store: median(of_store),
        bare: median(of_bare),
        floor: median(of_floor),
    }
}

pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
