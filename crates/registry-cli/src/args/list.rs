//! `list`.

use clap::{Args, ValueEnum};
use registry_core::search::{Cursor, Filter, SearchError};
use registry_core::{ConfigHash, Limit, MetricName, ModelId, ModelName, Selector, TagName, TaskType};

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
    /// What the options for single fields ask, together; the parent is looked up before.
    pub(crate) fn filter(&self, parent: Option<ModelId>) -> Result<Option<Filter>, SearchError> {
        let mut filters = Vec::new();
        if let Some(task_type) = &self.task_type {
            filters.push(Filter::task_type().equals(task_type)?);
        }
        if let Some(tag) = &self.tag {
            filters.push(Filter::tag().equals(tag)?);
        }
        if let Some(status) = self.status.status() {
            filters.push(Filter::status().equals(status)?);
        }
        if let Some(name) = &self.name {
            filters.push(Filter::name().equals(name)?);
        }
        if let Some(parent) = parent {
            filters.push(Filter::parent().equals(parent.get())?);
        }
        if let Some(hash) = &self.config_hash {
            filters.push(Filter::config_hash().equals(hash)?);
        }
        if let Some(metric) = &self.metric {
            let metric = || Filter::metric(metric.as_str());
            match (self.min, self.max) {
                (None, None) => filters.push(metric()?.exists()),
                (min, max) => {
                    if let Some(min) = min {
                        filters.push(metric()?.at_least(min)?);
                    }
                    if let Some(max) = max {
                        filters.push(metric()?.at_most(max)?);
                    }
                }
            }
        }
        Ok(Filter::all(filters))
    }
}
