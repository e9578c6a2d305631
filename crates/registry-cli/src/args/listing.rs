//! How a list of models is shown: order, pages, columns, form.

use std::str::FromStr;

use clap::{Args, ValueEnum};
use registry_core::search::{Cursor, Sort};
use registry_core::{Error, Limit};

use super::value::FieldList;
use crate::render::ModelColumn;

/// Order, pages, columns and form of a list.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of its own; clap says which exclude each other"
)]
pub(crate) struct Listing {
    /// Sort by these fields, each with `desc` behind it for the largest first [default: created_at desc]
    #[arg(long, value_name = "FIELD")]
    sort: Vec<FieldList<SortKey>>,
    /// The largest first, for the sort fields that don't say `asc` or `desc`
    #[arg(long, requires = "sort")]
    desc: bool,
    /// How many at most; -1 for all [default: 50]
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    pub(crate) limit: Option<Limit>,
    /// Read on from this place: the `next` or `previous` of another page
    #[arg(long, value_name = "CURSOR")]
    pub(crate) cursor: Option<Cursor>,
    /// Show every one, however many: the same as --limit -1
    #[arg(long, conflicts_with = "limit")]
    all: bool,
    /// Only say how many there are
    #[arg(long, conflicts_with_all = ["facets", "limit", "all", "cursor", "columns", "format", "verbose"])]
    pub(crate) count: bool,
    /// Say how many there are of each task type, status, tag and name; --limit: how many values of each [default: 10]
    #[arg(long, conflicts_with_all = ["all", "cursor", "columns", "format", "verbose"])]
    pub(crate) facets: bool,
    /// The columns of a table or of CSV: fields, `tags`, `metrics.val_loss`, `metadata.framework`
    #[arg(long, value_name = "FIELD", conflicts_with = "verbose")]
    columns: Vec<FieldList<ModelColumn>>,
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

/// A key to sort by, and whether it said its direction.
#[derive(Debug, Clone)]
pub(crate) struct SortKey {
    sort: Sort,
    directed: bool,
}

impl FromStr for SortKey {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let last = text.trim_end().rsplit_once(char::is_whitespace);
        let directed = last
            .is_some_and(|(_, word)| word.eq_ignore_ascii_case("asc") || word.eq_ignore_ascii_case("desc"));
        let sort = text.parse()?;
        Ok(Self { sort, directed })
    }
}

impl Listing {
    /// The order; none: the default order.
    pub(crate) fn sorts(&self) -> Vec<Sort> {
        let keys = self.sort.iter().flat_map(|list| &list.0);
        keys.map(|key| Sort {
            field: key.sort.field.clone(),
            descending: key.sort.descending || (self.desc && !key.directed),
        })
        .collect()
    }

    /// How many models to show.
    pub(crate) fn models(&self) -> Limit {
        if self.all {
            return Limit::Unlimited;
        }
        self.limit.unwrap_or_default()
    }

    /// The columns, if any were chosen.
    pub(crate) fn columns(&self) -> Option<Vec<ModelColumn>> {
        let columns: Vec<ModelColumn> = self.columns.iter().flat_map(|list| list.0.clone()).collect();
        Some(columns).filter(|columns| !columns.is_empty())
    }
}
