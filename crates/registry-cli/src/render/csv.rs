//! CSV in memory.

use serde::Serialize;

/// A header and rows as CSV (RFC 4180, lines ended by a line feed).
pub(super) fn text(header: Vec<String>, rows: impl IntoIterator<Item = Vec<String>>) -> String {
    self::rows(std::iter::once(header).chain(rows))
}

/// Rows as CSV, without a header.
pub(super) fn rows(rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for row in rows {
        // Writing to memory cannot fail, and rows may have any length.
        let _ = writer.write_record(&row);
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A value, or an empty field.
pub(super) fn optional<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// A list or object as JSON.
pub(super) fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
