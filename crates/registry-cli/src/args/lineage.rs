//! `lineage`.

use clap::{Args, ValueEnum};
use registry_core::LineageScope;

use super::ModelArgument;

const EXAMPLES: &str = "\
Examples:
  registry-cli lineage --model-id 5
  registry-cli lineage gpt-small --scope family
  registry-cli lineage 5 --scope descendants --format mermaid";

/// Shows where a model came from and what came from it.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Lineage {
    #[command(flatten)]
    pub(crate) model: ModelArgument,
    /// Which part: `ancestors`, `descendants`, or the whole `family`
    #[arg(long, value_name = "SCOPE", default_value = "ancestors")]
    pub(crate) scope: LineageScope,
    /// The form of the answer [default: tree, or json with --json]
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<LineageFormat>,
}

/// The forms of a lineage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LineageFormat {
    /// A tree for people
    Tree,
    /// A Mermaid flowchart
    Mermaid,
    /// A Graphviz graph
    Dot,
    /// One JSON object
    Json,
}
