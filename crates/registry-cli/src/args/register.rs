//! `register`.

use std::num::NonZeroUsize;

use clap::Args;
use registry_core::{
    Bump, CheckpointPath, ConfigHash, MemoryGb, ModelName, NewExport, Notes, Selector, SizeMb, TagName,
    TaskType, TrainingRunId, Version,
};

use super::WriteOptions;
use super::value::{CommaList, export};
use crate::json_argument::JsonArgument;

const USAGE: &str = "\
registry-cli register --name <NAME> --version <VERSION> --checkpoint <PATH>
             --task-type <TASK> --config <JSON> [OPTIONS]
       registry-cli register --from <FILE> [OPTIONS]";

const EXAMPLES: &str = "\
Examples:
  registry-cli register --name gpt-small --version 1.0.0 --checkpoint epoch_10.pt \\
      --task-type language_modeling --metrics '{\"val_loss\": 0.38}' \\
      --config '{\"d_model\": 768}' --tags baseline
  registry-cli register --name gpt-small --bump minor --checkpoint out/ \\
      --task-type language_modeling --config @config.json --parent gpt-small@^1
  registry-cli list --status all --limit -1 --format jsonl > models.jsonl
  registry-cli register --db copy.db --from models.jsonl";

/// Registers a model version, or many from a file.
#[derive(Debug, Args)]
#[command(override_usage = USAGE, after_help = EXAMPLES)]
pub(crate) struct Register {
    /// The model's name
    #[arg(long, value_name = "NAME", required_unless_present = "from")]
    pub(crate) name: Option<ModelName>,
    /// The version, such as 1.2.0 or 2.0.0-rc.1
    #[arg(long, value_name = "VERSION", required_unless_present_any = ["bump", "from"], conflicts_with = "bump")]
    pub(crate) version: Option<Version>,
    /// Take the next version instead: major, minor or patch
    #[arg(long, value_name = "PART")]
    pub(crate) bump: Option<Bump>,
    /// The checkpoint, a file or a folder
    #[arg(long, value_name = "PATH", required_unless_present = "from")]
    pub(crate) checkpoint: Option<CheckpointPath>,
    /// The checkpoint may live elsewhere, such as on another machine
    #[arg(long)]
    pub(crate) allow_missing: bool,
    /// What the model is for, such as `language_modeling`
    #[arg(long, value_name = "TASK", required_unless_present = "from")]
    pub(crate) task_type: Option<TaskType>,
    /// Metrics as a JSON object of numbers, @FILE, or - for standard input
    #[arg(long, value_name = "JSON")]
    pub(crate) metrics: Option<JsonArgument>,
    /// The training configuration, to be hashed: JSON, @FILE or -
    #[arg(long, value_name = "JSON", allow_negative_numbers = true)]
    pub(crate) config: Option<JsonArgument>,
    /// The hash of the training configuration, when it is known
    #[arg(long, value_name = "HASH")]
    pub(crate) config_hash: Option<ConfigHash>,
    /// Formats it exists in, as a JSON list or with commas
    #[arg(long, value_name = "LIST")]
    pub(crate) export_formats: Option<JsonArgument>,
    /// An export and where it lies; can be repeated
    #[arg(long, value_name = "FORMAT=PATH", value_parser = export)]
    pub(crate) export: Vec<NewExport>,
    /// Its size in megabytes [default: measured]
    #[arg(long, value_name = "MB", allow_negative_numbers = true)]
    pub(crate) model_size_mb: Option<SizeMb>,
    /// The memory it needs in gigabytes
    #[arg(long, value_name = "GB", allow_negative_numbers = true)]
    pub(crate) memory_req_gb: Option<MemoryGb>,
    /// The training run it came from
    #[arg(long, value_name = "ID", allow_negative_numbers = true)]
    pub(crate) training_run_id: Option<TrainingRunId>,
    /// The model it was trained from
    #[arg(
        long,
        value_name = "MODEL",
        visible_alias = "parent-model-id",
        allow_negative_numbers = true
    )]
    pub(crate) parent: Option<Selector>,
    /// Metadata as a JSON object, @FILE or -
    #[arg(long, value_name = "JSON")]
    pub(crate) metadata: Option<JsonArgument>,
    /// Free text about this version
    #[arg(long, value_name = "TEXT")]
    pub(crate) notes: Option<Notes>,
    /// Tags with commas, added as labels: no other model loses them
    #[arg(long, value_name = "TAGS")]
    pub(crate) tags: Vec<CommaList<TagName>>,
    /// Register every line of this file, or of standard input (-): all or none
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = [
            "name", "version", "bump", "checkpoint", "task_type", "metrics", "config", "config_hash", "export_formats",
            "export", "model_size_mb", "memory_req_gb", "training_run_id", "parent", "metadata", "notes", "tags",
        ]
    )]
    pub(crate) from: Option<String>,
    /// With --from, commit after every so many models instead of all or nothing; parents come first
    #[arg(long, value_name = "COUNT", requires = "from")]
    pub(crate) chunk_size: Option<NonZeroUsize>,
    #[command(flatten)]
    pub(crate) write: WriteOptions,
}
