//! Whether a metric is better low or high.

use crate::text::MetricName;

/// Which values of a metric are better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Loss, error, latency...
    Lower,
    /// Accuracy, throughput...
    Higher,
}

/// Words that mark a metric as better low. Whole words of the name count (split at `_`, `-`, `/`, `.`, blanks and digits).
const LOWER: &[&str] = &[
    "loss",
    "losses",
    "error",
    "errors",
    "err",
    "perplexity",
    "ppl",
    "latency",
    "time",
    "duration",
    "seconds",
    "ms",
    "mse",
    "rmse",
    "mae",
    "mape",
    "wer",
    "cer",
    "fid",
    "nll",
    "bpc",
    "bpb",
    "ece",
    "eer",
    "kl",
    "divergence",
    "distance",
    "drift",
    "regret",
    "memory",
    "size",
    "cost",
    "flops",
    "params",
    "fpr",
    "fnr",
    "brier",
    "deviation",
    "entropy",
    "toxicity",
];

impl Direction {
    /// The direction that the name suggests: low for loss, error, perplexity, latency and the like, high otherwise.
    ///
    /// ```
    /// use registry_core::{Direction, MetricName};
    ///
    /// assert_eq!(Direction::of(&MetricName::parse("val_loss")?), Direction::Lower);
    /// assert_eq!(Direction::of(&MetricName::parse("top1-accuracy")?), Direction::Higher);
    /// # Ok::<(), registry_core::Error>(())
    /// ```
    pub fn of(metric: &MetricName) -> Self {
        let name = metric.as_str().to_lowercase();
        let mut words = name.split(|c: char| !c.is_alphabetic());
        if words.any(|word| LOWER.contains(&word)) {
            Self::Lower
        } else {
            Self::Higher
        }
    }

    /// The best of some values.
    pub fn best(self, values: impl IntoIterator<Item = f64>) -> Option<f64> {
        values.into_iter().reduce(|best, value| match self {
            Self::Lower => best.min(value),
            Self::Higher => best.max(value),
        })
    }
}
