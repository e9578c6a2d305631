//! `list`.

use clap::Args;
use registry_core::search::Filter;

use super::selection::{self, Selection};
use super::{Listing, Search};

const EXAMPLES: &str = "\
Examples:
  registry-cli list --task-type language_modeling
  registry-cli list --where 'metrics.val_loss < 0.5 and tag = baseline'
  registry-cli list --sort metrics.val_loss --limit 10 --status all
  registry-cli list --tag production --verbose
  registry-cli list --columns name,version,metrics.val_loss,tags
  registry-cli list --facets
  registry-cli list --all --format csv > models.csv

`registry-cli help search` explains the language of --where.";

/// Lists models, newest first.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct List {
    /// Only models that fit this filter; `registry-cli help search` explains it
    #[arg(long = "where", value_name = "FILTER", value_parser = selection::filter)]
    pub(crate) filters: Vec<Filter>,
    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) listing: Listing,
}

impl From<Search> for List {
    fn from(search: Search) -> Self {
        Self {
            filters: vec![search.filter],
            selection: search.selection,
            listing: search.listing,
        }
    }
}
