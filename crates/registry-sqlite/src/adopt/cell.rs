//! A value of the original, exactly as it is stored.

use serde_json::{Value, json};
use sqlx::sqlite::{SqliteRow, SqliteValueRef};
use sqlx::{Column, Decode, Row, Sqlite, TypeInfo, ValueRef};

/// A stored value. A column of the original may hold any of these, whatever its declared type.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
    /// Text that is not UTF-8.
    BadText(Vec<u8>),
    Blob(Vec<u8>),
}

impl Cell {
    fn decode(value: SqliteValueRef<'_>) -> sqlx::Result<Self> {
        if value.is_null() {
            return Ok(Self::Null);
        }
        let kind = value.type_info().name().to_owned();
        let decoded = match kind.as_str() {
            "INTEGER" => <i64 as Decode<Sqlite>>::decode(value).map(Self::Integer),
            "REAL" => <f64 as Decode<Sqlite>>::decode(value).map(Self::Real),
            "TEXT" => <Vec<u8> as Decode<Sqlite>>::decode(value).map(|bytes| {
                String::from_utf8(bytes).map_or_else(|error| Self::BadText(error.into_bytes()), Self::Text)
            }),
            _ => <Vec<u8> as Decode<Sqlite>>::decode(value).map(Self::Blob),
        };
        decoded.map_err(sqlx::Error::Decode)
    }

    /// The value for a report, with nothing lost: what JSON can't say is an object that names its kind.
    pub(super) fn to_json(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Integer(number) => json!(number),
            Self::Real(number) if number.is_finite() => json!(number),
            Self::Real(number) => json!({ "real": number.to_string() }),
            Self::Text(text) => json!(text),
            Self::BadText(bytes) => json!({ "text_in_hex": hex(bytes) }),
            Self::Blob(bytes) => json!({ "blob_in_hex": hex(bytes) }),
        }
    }

    /// The value as text, as near as can be; `None` for NULL.
    pub(super) fn to_text(&self) -> Option<String> {
        match self {
            Self::Null => None,
            Self::Integer(number) => Some(number.to_string()),
            Self::Real(number) => Some(number.to_string()),
            Self::Text(text) => Some(text.clone()),
            Self::BadText(bytes) | Self::Blob(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        }
    }

    /// The value as a whole number, where it is one in any form.
    pub(super) fn to_integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            other => other.to_text()?.trim().parse().ok(),
        }
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// A row of the original: the columns that we know, and those that somebody added.
#[derive(Debug, Clone)]
pub(super) struct OriginalRow(Vec<(String, Cell)>);

impl OriginalRow {
    pub(super) fn read(row: &SqliteRow) -> sqlx::Result<Self> {
        let cells = row.columns().iter().map(|column| {
            let cell = Cell::decode(row.try_get_raw(column.ordinal())?)?;
            Ok((column.name().to_owned(), cell))
        });
        cells.collect::<sqlx::Result<_>>().map(Self)
    }

    /// The value of a column.
    pub(super) fn get(&self, column: &str) -> &Cell {
        static ABSENT: Cell = Cell::Null;
        let found = self.0.iter().find(|(name, _)| name.eq_ignore_ascii_case(column));
        found.map_or(&ABSENT, |(_, cell)| cell)
    }

    /// The row's number, from a column that SQLite only lets be a whole number.
    pub(super) fn number(&self, column: &str) -> i64 {
        self.get(column).to_integer().unwrap_or_default()
    }

    /// Values in columns that the original doesn't have.
    pub(super) fn extras<'a>(&'a self, known: &'a [&str]) -> impl Iterator<Item = (&'a str, &'a Cell)> {
        self.0
            .iter()
            .map(|(name, cell)| (name.as_str(), cell))
            .filter(|(name, cell)| {
                !cell.is_null() && !known.iter().any(|known| known.eq_ignore_ascii_case(name))
            })
    }

    /// The whole row as JSON.
    pub(super) fn to_json(&self) -> Value {
        let cells = self.0.iter();
        Value::Object(cells.map(|(name, cell)| (name.clone(), cell.to_json())).collect())
    }
}
