//! What a statement tells of each model: its record, as [`fields`](crate::fields) reads it.

/// A size: the whole number of its 1,048,576th parts, as of every size that was measured; else 17 digits.
macro_rules! number {
    ($column:literal) => {
        concat!(
            "CASE WHEN ",
            $column,
            " IS NULL THEN '' ",
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

/// Stands between records.
pub(super) const BETWEEN: &str = "x'1e'";

/// A summary of the row `models`.
pub(super) const SUMMARY: &str = concat!(
    "concat_ws(x'1f', models.model_id, models.name, models.version, models.ordinal, models.checkpoint_path, ",
    "models.task_type, models.config_hash, coalesce(models.training_run_id, ''), ",
    "coalesce(models.parent_model_id, ''), models.created_at, models.updated_at, models.created_by, models.metrics, ",
    number!("models.model_size_mb"),
    ", ",
    number!("models.memory_req_gb"),
    ", models.status, coalesce(",
    "(SELECT group_concat(tag_name, x'1d') FROM model_tags WHERE model_tags.model_id = models.model_id), ''))"
);

/// The whole row `models`.
pub(super) const MODEL: &str = concat!(
    "concat_ws(x'1f', models.model_id, models.name, models.version, models.ordinal, models.checkpoint_path, ",
    "coalesce(models.checkpoint_absolute, x'18'), coalesce(models.size_bytes, ''), models.task_type, ",
    "models.config_hash, coalesce(models.training_run_id, ''), coalesce(models.parent_model_id, ''), ",
    "models.created_at, models.updated_at, models.created_by, models.metrics, models.export_formats, ",
    number!("models.model_size_mb"),
    ", ",
    number!("models.memory_req_gb"),
    ", models.metadata, coalesce(models.notes, x'18'), models.status, ",
    "(SELECT json_group_array(json_object('name', tag_name, 'since', model_tags.created_at, 'promoted', promoted)) ",
    "FROM model_tags WHERE model_tags.model_id = models.model_id), ",
    "(SELECT json_group_array(json_object('format', export_format, 'path', export_path, ",
    "'created_at', model_exports.created_at, 'metadata', model_exports.metadata)) ",
    "FROM model_exports WHERE model_exports.model_id = models.model_id))"
);
