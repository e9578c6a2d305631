//! `update`.

use clap::{Args, ValueEnum};
use registry_core::{CheckpointPath, MemoryGb, Notes, Selector, SizeMb, TaskType, TrainingRunId};

use super::{ModelArgument, WriteOptions};
use crate::json_argument::JsonArgument;

const EXAMPLES: &str = "\
Examples:
  registry-cli update --model-id 5 --metrics '{\"bleu\": 31.2, \"old_metric\": null}'
  registry-cli update gpt-small@1.2.0 --checkpoint /archive/1.2.0.pt --reason moved
  registry-cli update 5 --clear notes,memory-req-gb";

/// Changes a model's fields.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Update {
    #[command(flatten)]
    pub(crate) model: ModelArgument,
    /// What the model is for
    #[arg(long, value_name = "TASK")]
    pub(crate) task_type: Option<TaskType>,
    /// Metrics to set (a number) or remove (null), as JSON, @FILE or -; the others stay
    #[arg(long, value_name = "JSON", conflicts_with = "replace_metrics")]
    pub(crate) metrics: Option<JsonArgument>,
    /// All metrics anew, as JSON, @FILE or -
    #[arg(long, value_name = "JSON")]
    pub(crate) replace_metrics: Option<JsonArgument>,
    /// Metadata to merge (RFC 7396: null removes), as JSON, @FILE or -
    #[arg(long, value_name = "JSON", conflicts_with = "replace_metadata")]
    pub(crate) metadata: Option<JsonArgument>,
    /// All metadata anew, as JSON, @FILE or -
    #[arg(long, value_name = "JSON")]
    pub(crate) replace_metadata: Option<JsonArgument>,
    /// The memory it needs in gigabytes
    #[arg(long, value_name = "GB", allow_negative_numbers = true)]
    pub(crate) memory_req_gb: Option<MemoryGb>,
    /// Its size in megabytes
    #[arg(long, value_name = "MB", allow_negative_numbers = true)]
    pub(crate) model_size_mb: Option<SizeMb>,
    /// The training run it came from
    #[arg(long, value_name = "ID", allow_negative_numbers = true)]
    pub(crate) training_run_id: Option<TrainingRunId>,
    /// Free text about this version
    #[arg(long, value_name = "TEXT")]
    pub(crate) notes: Option<Notes>,
    /// Where the checkpoint lies now; its size is measured again
    #[arg(long, value_name = "PATH")]
    pub(crate) checkpoint: Option<CheckpointPath>,
    /// The checkpoint may live elsewhere, such as on another machine
    #[arg(long, requires = "checkpoint")]
    pub(crate) allow_missing: bool,
    /// The model it was trained from
    #[arg(
        long,
        value_name = "MODEL",
        visible_alias = "parent-model-id",
        allow_negative_numbers = true
    )]
    pub(crate) parent: Option<Selector>,
    /// Fields to empty, with commas
    #[arg(long, value_name = "FIELDS", value_delimiter = ',')]
    pub(crate) clear: Vec<Clearable>,
    #[command(flatten)]
    pub(crate) write: WriteOptions,
}

/// The fields that can be empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Clearable {
    /// The notes
    Notes,
    /// The memory it needs
    MemoryReqGb,
    /// Its size
    ModelSizeMb,
    /// The training run it came from
    TrainingRunId,
    /// The model it was trained from
    Parent,
}
