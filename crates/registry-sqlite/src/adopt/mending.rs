//! What was changed so that a value of the original fits the rules, and the original of it.

use serde::Serialize;
use serde_json::{Map, Value};

use super::cell::Cell;

/// One value of the original that had to change.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Mending {
    /// The original's table: `models`, `model_tags` or `model_exports`.
    pub table: &'static str,
    /// The id of the row in that table.
    pub row: i64,
    /// The model, as it is numbered now; `None` for what belonged to a deleted model.
    pub model_id: Option<i64>,
    /// The column.
    pub field: String,
    /// The value that stood there. What JSON can't say is an object: `{"blob_in_hex": "00ff"}`.
    pub original: Value,
    /// The value that stands there now; `null` where nothing does.
    pub now: Value,
    /// Why it had to change.
    pub why: String,
}

impl std::fmt::Display for Mending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.table, self.model_id) {
            ("models", Some(id)) => write!(f, "model {id}")?,
            (table, Some(id)) => write!(f, "model {id}, {table} {}", self.row)?,
            (table, None) => write!(f, "{table} {}", self.row)?,
        }
        let (original, now) = (shown(&self.original), shown(&self.now));
        write!(f, ": {} was {original}, is now {now}: {}", self.field, self.why)
    }
}

/// A value as one line of bounded length.
fn shown(value: &Value) -> String {
    const LONGEST: usize = 120;
    let text = match value {
        Value::Null => return "nothing".into(),
        value => value.to_string(),
    };
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Collects what one model loses in form, so that it can be kept in its metadata.
pub(super) struct Originals {
    pub(super) row: i64,
    pub(super) model_id: i64,
    pub(super) mendings: Vec<Mending>,
    columns: Map<String, Value>,
    tags: Vec<Value>,
    exports: Vec<Value>,
}

impl Originals {
    pub(super) fn new(row: i64, model_id: i64) -> Self {
        Self {
            row,
            model_id,
            mendings: Vec::new(),
            columns: Map::new(),
            tags: Vec::new(),
            exports: Vec::new(),
        }
    }

    /// A column of the model itself.
    pub(super) fn column(&mut self, field: &str, original: &Cell, now: Value, why: impl Into<String>) {
        self.columns.insert(field.to_owned(), original.to_json());
        self.mendings.push(Mending {
            table: "models",
            row: self.row,
            model_id: Some(self.model_id),
            field: field.to_owned(),
            original: original.to_json(),
            now,
            why: why.into(),
        });
    }

    /// A row of the model's tags, whole, with the columns of it that changed.
    pub(super) fn tag(&mut self, row: i64, whole: Value, changes: Vec<Changed>) {
        if self.belonging("model_tags", row, changes) {
            self.tags.push(whole);
        }
    }

    /// A row of the model's exports, whole, with the columns of it that changed.
    pub(super) fn export(&mut self, row: i64, whole: Value, changes: Vec<Changed>) {
        if self.belonging("model_exports", row, changes) {
            self.exports.push(whole);
        }
    }

    fn belonging(&mut self, table: &'static str, row: i64, changes: Vec<Changed>) -> bool {
        let any = !changes.is_empty();
        self.mendings.extend(changes.into_iter().map(|change| Mending {
            table,
            row,
            model_id: Some(self.model_id),
            field: change.field,
            original: change.original,
            now: change.now,
            why: change.why,
        }));
        any
    }

    /// Everything as one object, `None` when nothing changed.
    pub(super) fn to_json(&self) -> Option<Map<String, Value>> {
        let mut all = self.columns.clone();
        if !self.tags.is_empty() {
            all.insert("model_tags".into(), Value::Array(self.tags.clone()));
        }
        if !self.exports.is_empty() {
            all.insert("model_exports".into(), Value::Array(self.exports.clone()));
        }
        (!all.is_empty()).then_some(all)
    }
}

/// A column of a tag or export that changed.
pub(super) struct Changed {
    field: String,
    original: Value,
    now: Value,
    why: String,
}

impl Changed {
    pub(super) fn new(field: &str, original: &Cell, now: Value, why: impl Into<String>) -> Self {
        Self {
            field: field.to_owned(),
            original: original.to_json(),
            now,
            why: why.into(),
        }
    }
}
