//! How long something took, in buckets.

use std::fmt::Write as _;
use std::time::Duration;

/// The upper bounds of the buckets, in microseconds.
const BOUNDS: [u64; 12] = [
    250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 500_000, 2_500_000, 10_000_000,
];

/// Times, counted.
#[derive(Debug, Default, Clone)]
pub(super) struct Histogram {
    buckets: [u64; BOUNDS.len()],
    micros: u128,
    count: u64,
}

impl Histogram {
    pub(super) fn add(&mut self, time: Duration) {
        let micros = time.as_micros();
        self.count += 1;
        self.micros += micros;
        for (bound, bucket) in BOUNDS.iter().zip(&mut self.buckets) {
            if micros <= u128::from(*bound) {
                *bucket += 1;
            }
        }
    }

    /// Its lines in Prometheus' text. Writing to a text cannot fail.
    pub(super) fn write(&self, text: &mut String, name: &str, labels: &str) {
        for (bound, bucket) in BOUNDS.iter().zip(&self.buckets) {
            let bound = seconds(u128::from(*bound));
            let _ = writeln!(text, "{name}_bucket{{{labels},le=\"{bound}\"}} {bucket}");
        }
        let (count, sum) = (self.count, seconds(self.micros));
        let _ = write!(
            text,
            "{name}_bucket{{{labels},le=\"+Inf\"}} {count}\n{name}_sum{{{labels}}} {sum}\n{name}_count{{{labels}}} {count}\n"
        );
    }
}

/// Microseconds as seconds, exactly.
fn seconds(micros: u128) -> String {
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}
