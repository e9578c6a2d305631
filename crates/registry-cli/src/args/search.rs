//! `search`: a list by a filter, and the place where the language of filters is explained.

use clap::Args;
use registry_core::search::Filter;

use super::Listing;
use super::selection::{self, Selection};

/// The language, with examples that are run by the tests.
const LANGUAGE: &str = include_str!("search.txt");

const EXAMPLES: &str = "\
Examples:
  registry-cli search 'metrics.val_loss < 0.5 and tag = baseline'
  registry-cli search 'created_at > 30d ago' --sort metrics.val_loss

`registry-cli help search` explains the language.";

/// Finds models: `list --where` under a shorter name.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, after_long_help = LANGUAGE)]
pub(crate) struct Search {
    /// The models to find, such as `tag = production and metrics.val_loss < 0.5`
    #[arg(value_name = "FILTER", value_parser = selection::filter)]
    pub(crate) filter: Filter,
    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) listing: Listing,
}
