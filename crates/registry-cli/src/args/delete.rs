//! `delete`.

use clap::Args;

use super::{ModelArgument, WriteOptions};

const EXAMPLES: &str = "\
Examples:
  registry-cli delete --model-id 7
  registry-cli delete gpt-small@0.9.0 --yes
  registry-cli delete --model-id 7 --force --dry-run";

/// Deletes a model.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Delete {
    #[command(flatten)]
    pub(crate) model: ModelArgument,
    /// Don't ask, and delete it with its tags; its children lose their parent
    #[arg(long)]
    pub(crate) force: bool,
    /// Don't ask, but refuse a model with tags or children
    #[arg(long, short = 'y')]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) write: WriteOptions,
}
