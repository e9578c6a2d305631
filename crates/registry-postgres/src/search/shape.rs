//! What a statement tells of each model, and how it is read. Columns cost the server a third of what JSON does.

use registry_core::record::{ModelRecord, SummaryRecord};
use sqlx::Row as _;
use sqlx::postgres::PgRow;

/// A record of a model as a page shows it.
pub(super) trait Shown: Sized {
    /// Its columns of the row `models`.
    const COLUMNS: &str;
    /// What is told of the row `shown`, which has these columns; the id comes first.
    const SHOWN: &str;

    /// Reads it, behind the first column; nothing where there is no model.
    fn read(row: &PgRow) -> sqlx::Result<Option<Self>>;
}

/// Implements it for columns of `models` and others.
macro_rules! shown {
    ($record:ident: $first:ident $(, $column:ident)*; $($name:ident: $other:literal),*) => {
        impl Shown for $record {
            const COLUMNS: &str = concat!(
                "models.", stringify!($first) $(, ", models.", stringify!($column))*
            );
            const SHOWN: &str = concat!(
                "shown.", stringify!($first) $(, ", shown.", stringify!($column))* $(, ", ", $other)*
            );

            fn read(row: &PgRow) -> sqlx::Result<Option<Self>> {
                let mut place = 1_usize..;
                let mut next = || place.next().unwrap_or(usize::MAX);
                let Some($first) = row.try_get(next())? else {
                    return Ok(None);
                };
                Ok(Some(Self {
                    $first,
                    $($column: row.try_get(next())?,)*
                    $($name: row.try_get(next())?,)*
                }))
            }
        }
    };
}

shown! {
    SummaryRecord: model_id, name, version, ordinal, checkpoint_path, task_type, config_hash, training_run_id,
    parent_model_id, created_at, updated_at, created_by, metrics, model_size_mb, memory_req_gb, status;
    tags: "ARRAY(SELECT tag_name FROM model_tags WHERE model_tags.model_id = shown.model_id ORDER BY tag_name)"
}

// JSON inside it is text.
shown! {
    ModelRecord: model_id, name, version, ordinal, checkpoint_path, checkpoint_absolute, size_bytes, task_type,
    config_hash, training_run_id, parent_model_id, created_at, updated_at, created_by, metrics, export_formats,
    model_size_mb, memory_req_gb, metadata, notes, status;
    tags: "(SELECT COALESCE(json_agg(json_build_object('name', tag_name, 'since', model_tags.created_at, \
        'promoted', promoted::int) ORDER BY tag_name), '[]')::text \
        FROM model_tags WHERE model_tags.model_id = shown.model_id)",
    exports: "(SELECT COALESCE(json_agg(json_build_object('format', export_format, 'path', export_path, \
        'created_at', model_exports.created_at, 'metadata', model_exports.metadata) \
        ORDER BY export_format, export_path), '[]')::text \
        FROM model_exports WHERE model_exports.model_id = shown.model_id)"
}
