//! `compare`.

use clap::{Args, ValueEnum};
use registry_core::{Direction, MetricName, Selector};

use super::value::CommaList;

const EXAMPLES: &str = "\
Examples:
  registry-cli compare --model-ids 1,2,3
  registry-cli compare --model-ids 1 2 3 --metrics val_loss,perplexity
  registry-cli compare gpt-small@1.1.0 :production --format csv";

/// Shows models side by side.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Compare {
    /// The models: 5, NAME@1.2.0, NAME@^1, NAME, :TAG or NAME@:TAG
    #[arg(value_name = "MODEL", required_unless_present = "model_ids")]
    models: Vec<Selector>,
    /// The models as an option, with commas or blanks between them
    #[arg(long, value_name = "MODELS", num_args = 1.., allow_negative_numbers = true)]
    model_ids: Vec<CommaList<Selector>>,
    /// These metrics in this order, with commas [default: all]
    #[arg(long, value_name = "METRICS")]
    metrics: Vec<CommaList<MetricName>>,
    /// Which values are better: `lower` or `higher` [default: by the metric's name]
    #[arg(long, value_name = "DIRECTION")]
    direction: Option<Better>,
    /// The form of the answer [default: table, or json with --json]
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<CompareFormat>,
}

/// Which values are better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Better {
    /// Low ones
    Lower,
    /// High ones
    Higher,
}

/// The forms of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CompareFormat {
    /// A table for people
    Table,
    /// One JSON object
    Json,
    /// Comma-separated values
    Csv,
}

impl Compare {
    /// The models in the order in which they were named.
    pub(crate) fn models(&self) -> Vec<Selector> {
        let plain = self.models.iter().cloned();
        plain.chain(CommaList::flatten(self.model_ids.clone())).collect()
    }

    /// The metrics that were asked for; `None`: all.
    pub(crate) fn metrics(&self) -> Option<Vec<MetricName>> {
        let metrics = CommaList::flatten(self.metrics.clone());
        if metrics.is_empty() { None } else { Some(metrics) }
    }

    /// The direction, if one was chosen.
    pub(crate) fn direction(&self) -> Option<Direction> {
        self.direction.map(|better| match better {
            Better::Lower => Direction::Lower,
            Better::Higher => Direction::Higher,
        })
    }
}
