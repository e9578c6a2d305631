//! Whether two rows are of the same model.

use serde_json::Value;

use crate::error::{Error, Result};
use crate::record::{ExportRecord, ModelRecord};

/// The fields in which both differ. Not compared are those that a registry gives on its own (ids and ordinals, and so
/// the parent), and the tags.
pub(super) fn differences(one: &ModelRecord, other: &ModelRecord) -> Result<Vec<String>> {
    let (Value::Object(one), Value::Object(other)) = (contents(one)?, contents(other)?) else {
        return Ok(Vec::new());
    };
    let differs = one
        .into_iter()
        .filter(|(key, value)| other.get(key) != Some(value));
    Ok(differs.map(|(key, _)| key).collect())
}

fn contents(record: &ModelRecord) -> Result<Value> {
    let bad = |problem: serde_json::Error| Error::StoredValue {
        row: format!("models {}", record.model_id),
        field: "exports",
        problem: problem.to_string(),
    };
    let plain = ModelRecord {
        model_id: 0,
        ordinal: 0,
        parent_model_id: None,
        tags: String::new(),
        exports: String::new(),
        ..record.clone()
    };
    let exports: Vec<ExportRecord> = serde_json::from_str(&record.exports).map_err(bad)?;
    let mut contents = serde_json::to_value(&plain).map_err(bad)?;
    contents["exports"] = serde_json::to_value(exports).map_err(bad)?;
    Ok(contents)
}
