-- One row: records as text, as `fields.rs` reads them.
WITH RECURSIVE
    -- The model and everything above it, each once, cycle or not...
    above (model_id) AS (
        SELECT models.model_id FROM models WHERE models.model_id = ?1
        UNION
        SELECT models.parent_model_id
        FROM above
        CROSS JOIN models ON models.model_id = above.model_id
        WHERE models.parent_model_id IS NOT NULL
    ),
    -- ...so that this many steps up meet each of them exactly once.
    line (model_id, generation) AS (
        SELECT models.model_id, 0 FROM models WHERE models.model_id = ?1
        UNION ALL
        SELECT models.parent_model_id, line.generation - 1
        FROM line
        CROSS JOIN models ON models.model_id = line.model_id
        WHERE models.parent_model_id IS NOT NULL AND line.generation > 1 - (SELECT count(*) FROM above)
    ),
    oldest (model_id, generation) AS (
        SELECT line.model_id, line.generation FROM line ORDER BY line.generation LIMIT 1
    ),
    -- A model has one parent, so that a cycle among descendants could only lead back to the oldest.
    member (model_id, generation) AS (
        SELECT oldest.model_id, oldest.generation FROM oldest
        UNION ALL
        SELECT models.model_id, member.generation + 1
        FROM member
        CROSS JOIN models ON models.parent_model_id = member.model_id
        WHERE models.model_id <> (SELECT oldest.model_id FROM oldest)
    )
SELECT coalesce(
    group_concat(
        concat_ws(
            x'1f',
            models.model_id,
            models.name,
            models.version,
            models.ordinal,
            models.checkpoint_path,
            coalesce(models.checkpoint_absolute, x'18'),
            coalesce(models.size_bytes, ''),
            models.task_type,
            models.config_hash,
            coalesce(models.training_run_id, ''),
            coalesce(models.parent_model_id, ''),
            models.created_at,
            models.updated_at,
            models.created_by,
            models.metrics,
            models.export_formats,
            CASE
                WHEN models.model_size_mb IS NULL THEN ''
                WHEN CAST(models.model_size_mb * 1048576 AS INTEGER) = models.model_size_mb * 1048576
                    THEN CAST(models.model_size_mb * 1048576 AS INTEGER)
                ELSE format('%!.17g', models.model_size_mb)
            END,
            CASE
                WHEN models.memory_req_gb IS NULL THEN ''
                WHEN CAST(models.memory_req_gb * 1048576 AS INTEGER) = models.memory_req_gb * 1048576
                    THEN CAST(models.memory_req_gb * 1048576 AS INTEGER)
                ELSE format('%!.17g', models.memory_req_gb)
            END,
            models.metadata,
            coalesce(models.notes, x'18'),
            models.status,
            (
                SELECT json_group_array(
                    json_object('name', tag_name, 'since', model_tags.created_at, 'promoted', promoted)
                    ORDER BY tag_name
                )
                FROM model_tags
                WHERE model_tags.model_id = models.model_id
            ),
            (
                SELECT json_group_array(
                    json_object(
                        'format', export_format, 'path', export_path,
                        'created_at', model_exports.created_at, 'metadata', model_exports.metadata
                    )
                    ORDER BY export_format, export_path
                )
                FROM model_exports
                WHERE model_exports.model_id = models.model_id
            ),
            member.generation
        ),
        x'1e'
        ORDER BY member.generation, member.model_id
    ),
    ''
) AS "records!: String"
FROM member
CROSS JOIN models ON models.model_id = member.model_id
