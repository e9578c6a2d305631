//! `exports` and `add-export`.

use clap::{Args, Subcommand};
use registry_core::{CheckpointPath, ExportFormat};

use super::{ModelArgument, WriteOptions};
use crate::json_argument::JsonArgument;

const ADD_EXAMPLE: &str = "\
Example:
  registry-cli add-export --model-id 1 --format onnx --path model.onnx \\
      --metadata '{\"opset\": 17}'";

const EXAMPLES: &str = "\
Examples:
  registry-cli exports list --model-id 1
  registry-cli exports add gpt-small@1.0.0 --format onnx --path model.onnx
  registry-cli exports remove 1 --format onnx --yes";

/// Lists, adds and removes the exports of a model.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Exports {
    #[command(subcommand)]
    pub(crate) command: ExportsCommand,
}

/// What to do with exports.
#[derive(Debug, Subcommand)]
pub(crate) enum ExportsCommand {
    /// List the exports of a model
    #[command(after_help = "Example:\n  registry-cli exports list gpt-small@1.0.0")]
    List(ModelArgument),
    /// Add an export; the same format and path again updates it
    Add(AddExport),
    /// Remove the exports of a format; their files are not touched
    Remove(RemoveExport),
}

/// Adds an export.
#[derive(Debug, Args)]
#[command(after_help = ADD_EXAMPLE)]
pub(crate) struct AddExport {
    #[command(flatten)]
    pub(crate) model: ModelArgument,
    /// The format, such as `onnx`
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: ExportFormat,
    /// Where it lies; kept as typed and not checked
    #[arg(long, value_name = "PATH")]
    pub(crate) path: CheckpointPath,
    /// What the exporter says about it: a JSON object, @FILE or -
    #[arg(long, value_name = "JSON")]
    pub(crate) metadata: Option<JsonArgument>,
    #[command(flatten)]
    pub(crate) write: WriteOptions,
}

/// Removes exports.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  registry-cli exports remove --model-id 1 --format onnx --path model.onnx"
)]
pub(crate) struct RemoveExport {
    #[command(flatten)]
    pub(crate) model: ModelArgument,
    /// The format
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: ExportFormat,
    /// Only the one at this path
    #[arg(long, value_name = "PATH")]
    pub(crate) path: Option<String>,
    /// Don't ask
    #[arg(long, short = 'y')]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) write: WriteOptions,
}
