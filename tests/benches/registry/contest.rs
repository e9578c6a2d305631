//! One operation, done by the contestants in turn, so that what disturbs one disturbs all.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How many times each contestant works in a turn: enough to keep its caches warm.
const TURN: usize = 20;

/// The medians of one operation, per call, and of the ratios of each turn.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) operation: &'static str,
    pub(crate) store: Duration,
    pub(crate) bare: Duration,
    pub(crate) floor: Duration,
    against_bare: f64,
    against_floor: f64,
}

impl Outcome {
    pub(crate) fn against_bare(&self) -> f64 {
        self.against_bare
    }

    pub(crate) fn against_floor(&self) -> f64 {
        self.against_floor
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

/// Measures; `calls` in all for each contestant. Each is told how many calls it has had. They take turns in going first.
pub(crate) async fn contest(
    operation: &'static str,
    calls: usize,
    mut store: impl AsyncFnMut(usize),
    mut bare: impl AsyncFnMut(usize),
    mut floor: impl FnMut(usize),
) -> Outcome {
    eprintln!("  {operation}");
    let turn = TURN.min(calls);
    let mut turns = Vec::new();
    for round in 0..=calls.div_ceil(turn) {
        let mut times: [Vec<Duration>; 3] = Default::default();
        for place in 0..3 {
            let contestant = (round + place) % 3;
            for call in round * turn..(round + 1) * turn {
                let begun = Instant::now();
                match contestant {
                    0 => store(call).await,
                    1 => bare(call).await,
                    _ => floor(call),
                }
                times[contestant].push(begun.elapsed());
            }
        }
        // The first turn warms up.
        if round > 0 {
            turns.push(times.map(median));
        }
    }
    let of = |contestant: usize| median(turns.iter().map(|turn| turn[contestant]).collect());
    let against = |other: usize| {
        let ratios = turns
            .iter()
            .map(|turn| turn[0].as_secs_f64() / turn[other].as_secs_f64());
        let mut ratios: Vec<f64> = ratios.collect();
        ratios.sort_unstable_by(f64::total_cmp);
        ratios[ratios.len() / 2]
    };
    Outcome {
        operation,
        store: of(0),
        bare: of(1),
        floor: of(2),
        against_bare: against(1),
        against_floor: against(2),
    }
}

pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
