//! The forms of a list, each made page by page.

use registry_core::search::{Count, Cursor};
use serde_json::json;

use crate::document::ListDocument;
use crate::render::{self, Listed, ModelColumn, ModelTable, Screen};

/// A list in the making.
#[derive(Debug)]
pub(super) enum Form {
    /// A table; until its first page it knows only what must be among its columns.
    Table {
        columns: TableColumns,
        table: Option<ModelTable>,
    },
    /// Blocks of lines.
    Verbose,
    /// CSV with these columns, or all.
    Csv {
        columns: Option<Vec<ModelColumn>>,
        begun: bool,
    },
    /// One JSON object.
    Json(ListDocument),
    /// A line of JSON for each model.
    Jsonl,
}

/// Which columns a table has.
#[derive(Debug)]
pub(super) enum TableColumns {
    /// Those chosen.
    Chosen(Vec<ModelColumn>),
    /// The usual ones and these.
    UsualAnd(Vec<ModelColumn>),
}

/// What is known when the last page is printed.
#[derive(Debug, Clone, Copy)]
pub(super) struct End<'a> {
    /// How many models were shown.
    pub(super) shown: u64,
    /// How many there are, where these are not all.
    pub(super) all: Option<Count>,
    /// Where to read on.
    pub(super) next: Option<&'a Cursor>,
    /// Where to read what is before.
    pub(super) previous: Option<&'a Cursor>,
}

impl Form {
    pub(super) fn table(columns: Vec<ModelColumn>) -> Self {
        let columns = TableColumns::Chosen(columns);
        Self::Table { columns, table: None }
    }

    pub(super) fn usual_table(more: Vec<ModelColumn>) -> Self {
        let columns = TableColumns::UsualAnd(more);
        Self::Table { columns, table: None }
    }

    pub(super) fn verbose() -> Self {
        Self::Verbose
    }

    pub(super) fn csv() -> Self {
        Self::Csv {
            columns: None,
            begun: false,
        }
    }

    pub(super) fn chosen_csv(columns: Vec<ModelColumn>) -> Self {
        Self::Csv {
            columns: Some(columns),
            begun: false,
        }
    }

    pub(super) fn json() -> Self {
        Self::Json(ListDocument::new(&[], "models"))
    }

    pub(super) fn jsonl() -> Self {
        Self::Jsonl
    }

    /// Whether it shows more than a summary holds.
    pub(super) fn needs_whole_models(&self) -> bool {
        match self {
            Self::Table {
                columns: TableColumns::Chosen(columns),
                ..
            }
            | Self::Csv {
                columns: Some(columns),
                ..
            } => columns.iter().any(ModelColumn::needs_whole_models),
            Self::Table { .. } => false,
            Self::Verbose | Self::Csv { .. } | Self::Json(_) | Self::Jsonl => true,
        }
    }

    /// Whether people read it: it says of how many models it is a part, and what to try where there are none.
    pub(super) fn is_for_people(&self) -> bool {
        matches!(self, Self::Table { .. } | Self::Verbose)
    }

    /// The next page; `further`: more of them will follow.
    pub(super) fn page<T: Listed>(&mut self, models: &[T], further: bool, screen: &Screen) -> String {
        let whole = || models.iter().filter_map(Listed::whole);
        match self {
            Self::Table { .. } if models.is_empty() => String::new(),
            Self::Table { columns, table } => table
                .get_or_insert_with(|| match columns {
                    TableColumns::Chosen(columns) => ModelTable::new(std::mem::take(columns)),
                    TableColumns::UsualAnd(more) => {
                        // What the first page lacks may come on a later one.
                        more.extend(further.then_some(ModelColumn::Tags));
                        more.extend(further.then_some(ModelColumn::STATUS));
                        ModelTable::usual(models, more)
                    }
                })
                .page(models, screen),
            Self::Verbose => render::model_verbose(whole(), screen),
            Self::Csv { columns, begun } => {
                let first = !std::mem::replace(begun, true);
                let columns = columns.as_deref();
                let header = || match columns {
                    Some(columns) => render::chosen_csv_header(columns),
                    None => render::models_csv_header(),
                };
                let rows = match columns {
                    Some(columns) => render::chosen_csv(columns, models),
                    None => render::models_csv(whole()),
                };
                first.then(header).unwrap_or_default() + &rows
            }
            Self::Json(document) => document.items(whole()),
            Self::Jsonl => whole().map(|model| json!(model).to_string() + "\n").collect(),
        }
    }

    /// What comes behind the last page.
    pub(super) fn end(self, end: End<'_>) -> String {
        let total = || render::total(end.shown, end.all);
        match self {
            Self::Table { .. } | Self::Verbose if end.shown == 0 => "No models found.\n".into(),
            Self::Table { .. } => format!("\n{}", total()),
            Self::Verbose => total(),
            Self::Csv { .. } | Self::Jsonl => String::new(),
            Self::Json(document) => {
                document.end(&[("next", json!(end.next)), ("previous", json!(end.previous))])
            }
        }
    }
}
