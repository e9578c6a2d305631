//! `list`.

use clap::{Args, ValueEnum};
use registry_core::{
    ConfigHash, Cursor, Limit, MetricBound, MetricName, ModelName, Selector, TagName, TaskType,
};

use super::value::{StatusFilter, bound};

const EXAMPLES: &str = "\
Examples:
  registry-cli list --task-type language_modeling
  registry-cli list --metric val_loss --max 0.5 --status all
  registry-cli list --tag production --verbose
  registry-cli list --limit -1 --format csv > models.csv";

/// Lists models, newest first.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct List {
    /// Only this task type
    #[arg(long, value_name = "TASK")]
    pub(crate) task_type: Option<TaskType>,
    /// Only models with this tag
    #[arg(long, value_name = "TAG")]
    pub(crate) tag: Option<TagName>,
    /// Only this status: active, retired, or all
    #[arg(long, value_name = "STATUS", default_value = "active")]
    pub(crate) status: StatusFilter,
    /// Only this name
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<ModelName>,
    /// Only models trained from this one
    #[arg(long, value_name = "MODEL")]
    pub(crate) parent: Option<Selector>,
    /// Only this config hash
    #[arg(long, value_name = "HASH")]
    pub(crate) config_hash: Option<ConfigHash>,
    /// Only models that have this metric, within --min and --max
    #[arg(long, value_name = "METRIC")]
    metric: Option<MetricName>,
    /// The lowest value of the metric
    #[arg(long, value_name = "NUMBER", requires = "metric", allow_negative_numbers = true, value_parser = bound)]
    min: Option<f64>,
    /// The highest value of the metric
    #[arg(long, value_name = "NUMBER", requires = "metric", allow_negative_numbers = true, value_parser = bound)]
    max: Option<f64>,
    /// How many at most; -1 for all
    #[arg(
        long,
        value_name = "NUMBER",
        default_value = "50",
        allow_negative_numbers = true
    )]
    pub(crate) limit: Limit,
    /// Read on after this place: the `next` of the page before
    #[arg(long, value_name = "CURSOR")]
    pub(crate) cursor: Option<Cursor>,
    /// The form of the answer [default: table, or json with --json]
    #[arg(long, value_name = "FORMAT", conflicts_with = "verbose")]
    pub(crate) format: Option<ListFormat>,
    /// Show each model in full
    #[arg(long, short)]
    pub(crate) verbose: bool,
}

/// The forms of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// A table for people
    Table,
    /// One JSON object
    Json,
    /// One JSON object for each model, as `register --from` reads them
    Jsonl,
    /// Comma-separated values
    Csv,
}

impl List {
    /// The bound on a metric, if one is asked for.
    pub(crate) fn metric(&self) -> Option<MetricBound> {
        let name = self.metric.clone()?;
        Some(MetricBound {
            name,
            min: self.min,
            max: self.max,
        })
    }
}
