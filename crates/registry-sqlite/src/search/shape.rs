//! What a statement tells of each model, and how it is read: JSON arrays, which are smaller and faster than objects.

use registry_core::record::{ModelRecord, SummaryRecord};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

/// A number: the whole number of its 1,048,576th parts, as of every size that was measured, since SQLite writes whole
/// numbers ten times faster than others; else a text of 17 digits.
macro_rules! number {
    ($column:literal) => {
        concat!(
            "CASE WHEN ",
            $column,
            " IS NULL THEN NULL ",
            "WHEN CAST(",
            $column,
            " * 1048576 AS INTEGER) = ",
            $column,
            " * 1048576 ",
            "THEN CAST(",
            $column,
            " * 1048576 AS INTEGER) ",
            "ELSE format('%!.17g', ",
            $column,
            ") END"
        )
    };
}

/// The columns of a summary.
pub(super) const SUMMARY_COLUMNS: &str = "models.model_id, models.name, models.version, models.ordinal, \
    models.checkpoint_path, models.task_type, models.config_hash, models.training_run_id, models.parent_model_id, \
    models.created_at, models.updated_at, models.created_by, models.metrics, models.model_size_mb, \
    models.memory_req_gb, models.status";

/// A summary, from its columns in the row `shown`.
pub(super) const SUMMARY: &str = concat!(
    "json_array(shown.model_id, shown.name, shown.version, shown.ordinal, shown.checkpoint_path, shown.task_type, ",
    "shown.config_hash, shown.training_run_id, shown.parent_model_id, shown.created_at, shown.updated_at, ",
    "shown.created_by, shown.metrics, ",
    number!("shown.model_size_mb"),
    ", ",
    number!("shown.memory_req_gb"),
    ", shown.status, ",
    "(SELECT json_group_array(tag_name) FROM model_tags WHERE model_tags.model_id = shown.model_id))"
);

/// The columns of a whole model.
pub(super) const MODEL_COLUMNS: &str = "models.*";

/// A whole model, from its columns in the row `shown`. JSON inside it is text (`|| ''` makes text of a list).
pub(super) const MODEL: &str = concat!(
    "json_array(shown.model_id, shown.name, shown.version, shown.ordinal, shown.checkpoint_path, ",
    "shown.checkpoint_absolute, shown.size_bytes, shown.task_type, shown.config_hash, shown.training_run_id, ",
    "shown.parent_model_id, shown.created_at, shown.updated_at, shown.created_by, shown.metrics, ",
    "shown.export_formats, ",
    number!("shown.model_size_mb"),
    ", ",
    number!("shown.memory_req_gb"),
    ", shown.metadata, shown.notes, shown.status, ",
    "(SELECT json_group_array(json_object('name', tag_name, 'since', model_tags.created_at, 'promoted', promoted)) ",
    "FROM model_tags WHERE model_tags.model_id = shown.model_id) || '', ",
    "(SELECT json_group_array(json_object('format', export_format, 'path', export_path, ",
    "'created_at', model_exports.created_at, 'metadata', model_exports.metadata)) ",
    "FROM model_exports WHERE model_exports.model_id = shown.model_id) || '')"
);

/// A number as it is told.
#[derive(Debug, PartialEq)]
struct Told(f64);

impl<'de> Deserialize<'de> for Told {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;
        impl Visitor<'_> for Number {
            type Value = Told;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a whole number or a decimal")
            }

            fn visit_i64<E: Error>(self, parts: i64) -> Result<Told, E> {
                // SQLite has compared: the conversion is exact.
                Ok(Told(parts as f64 / 1_048_576.0))
            }

            fn visit_u64<E: Error>(self, parts: u64) -> Result<Told, E> {
                Ok(Told(parts as f64 / 1_048_576.0))
            }

            fn visit_str<E: Error>(self, decimal: &str) -> Result<Told, E> {
                decimal.parse().map(Told).map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Number)
    }
}

/// A summary in the order of its columns.
#[derive(Debug, Deserialize)]
pub(super) struct SummaryRow {
    model_id: i64,
    name: String,
    version: String,
    ordinal: i64,
    checkpoint_path: String,
    task_type: String,
    config_hash: String,
    training_run_id: Option<i64>,
    parent_model_id: Option<i64>,
    created_at: i64,
    updated_at: i64,
    created_by: String,
    metrics: String,
    model_size_mb: Option<Told>,
    memory_req_gb: Option<Told>,
    status: String,
    tags: Vec<String>,
}

impl From<SummaryRow> for SummaryRecord {
    fn from(row: SummaryRow) -> Self {
        Self {
            model_id: row.model_id,
            name: row.name,
            version: row.version,
            ordinal: row.ordinal,
            checkpoint_path: row.checkpoint_path,
            task_type: row.task_type,
            config_hash: row.config_hash,
            training_run_id: row.training_run_id,
            parent_model_id: row.parent_model_id,
            created_at: row.created_at,
            updated_at: row.updated_at,
            created_by: row.created_by,
            metrics: row.metrics,
            model_size_mb: row.model_size_mb.map(|number| number.0),
            memory_req_gb: row.memory_req_gb.map(|number| number.0),
            status: row.status,
            tags: row.tags,
        }
    }
}

/// A whole model in the order of its columns.
#[derive(Debug, Deserialize)]
pub(super) struct ModelRow {
    model_id: i64,
    name: String,
    version: String,
    ordinal: i64,
    checkpoint_path: String,
    checkpoint_absolute: Option<String>,
    size_bytes: Option<i64>,
    task_type: String,
    config_hash: String,
    training_run_id: Option<i64>,
    parent_model_id: Option<i64>,
    created_at: i64,
    updated_at: i64,
    created_by: String,
    metrics: String,
    export_formats: String,
    model_size_mb: Option<Told>,
    memory_req_gb: Option<Told>,
    metadata: String,
    notes: Option<String>,
    status: String,
    tags: String,
    exports: String,
}

impl From<ModelRow> for ModelRecord {
    fn from(row: ModelRow) -> Self {
        Self {
            model_id: row.model_id,
            name: row.name,
            version: row.version,
            ordinal: row.ordinal,
            checkpoint_path: row.checkpoint_path,
            checkpoint_absolute: row.checkpoint_absolute,
            size_bytes: row.size_bytes,
            task_type: row.task_type,
            config_hash: row.config_hash,
            training_run_id: row.training_run_id,
            parent_model_id: row.parent_model_id,
            created_at: row.created_at,
            updated_at: row.updated_at,
            created_by: row.created_by,
            metrics: row.metrics,
            export_formats: row.export_formats,
            model_size_mb: row.model_size_mb.map(|number| number.0),
            memory_req_gb: row.memory_req_gb.map(|number| number.0),
            metadata: row.metadata,
            notes: row.notes,
            status: row.status,
            tags: row.tags,
            exports: row.exports,
        }
    }
}
