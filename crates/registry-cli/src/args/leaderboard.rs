//! `leaderboard`.

use clap::{Args, ValueEnum};
use registry_core::search::Filter;
use registry_core::{Direction, MAX_LEADERS, MetricName, ModelName, TaskType};

use super::selection;

const EXAMPLES: &str = "\
Examples:
  registry-cli leaderboard --metric val_loss
  registry-cli leaderboard --metric f1 --task-type sequence_tagging --limit 3
  registry-cli leaderboard --metric val_loss --where 'created_at > 90d ago' --json
  registry-cli leaderboard --metric score --better low";

/// Shows the best version of each name by a metric, how far it is from the best of all, and the trend of its versions.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Leaderboard {
    /// By this metric
    #[arg(long, value_name = "METRIC")]
    pub(crate) metric: MetricName,
    /// Which values are better [default: low for losses, errors, times and the like, else high]
    #[arg(long, value_name = "WHICH")]
    better: Option<Better>,
    /// Only this name
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<ModelName>,
    /// Only this task type
    #[arg(long, value_name = "TASK")]
    pub(crate) task_type: Option<TaskType>,
    /// Only models that fit this filter; `registry-cli help search` explains it
    #[arg(long = "where", value_name = "FILTER", value_parser = selection::filter)]
    pub(crate) filters: Vec<Filter>,
    /// How many names at most
    #[arg(long, value_name = "NUMBER", default_value = "10", value_parser = clap::value_parser!(u32).range(0..=i64::from(MAX_LEADERS)))]
    pub(crate) limit: u32,
}

/// Which values of a metric are better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Better {
    /// Low ones
    Low,
    /// High ones
    High,
}

impl Leaderboard {
    /// Which values are better, if it was said.
    pub(crate) fn better(&self) -> Option<Direction> {
        self.better.map(|better| match better {
            Better::Low => Direction::Lower,
            Better::High => Direction::Higher,
        })
    }
}
