-- One row: a JSON list of records. JSON inside a record is text.
WITH RECURSIVE
    -- A model has one parent, so that a cycle among descendants could only lead back to the model itself.
    member (model_id, generation) AS (
        SELECT models.model_id, 0 FROM models WHERE models.model_id = $1
        UNION ALL
        SELECT models.model_id, member.generation + 1
        FROM member
        JOIN models ON models.parent_model_id = member.model_id
        WHERE models.model_id <> $1
    )
SELECT COALESCE(
    json_agg(
        json_build_object(
            'generation', member.generation,
            'model_id', models.model_id,
            'name', models.name,
            'version', models.version,
            'ordinal', models.ordinal,
            'checkpoint_path', models.checkpoint_path,
            'checkpoint_absolute', models.checkpoint_absolute,
            'size_bytes', models.size_bytes,
            'task_type', models.task_type,
            'config_hash', models.config_hash,
            'training_run_id', models.training_run_id,
            'parent_model_id', models.parent_model_id,
            'created_at', models.created_at,
            'updated_at', models.updated_at,
            'created_by', models.created_by,
            'metrics', models.metrics,
            'export_formats', models.export_formats,
            'model_size_mb', models.model_size_mb,
            'memory_req_gb', models.memory_req_gb,
            'metadata', models.metadata,
            'notes', models.notes,
            'status', models.status,
            'tags', (
                SELECT COALESCE(
                    json_agg(
                        json_build_object('name', tag_name, 'since', model_tags.created_at, 'promoted', promoted::int)
                        ORDER BY tag_name
                    ),
                    '[]'
                )::text
                FROM model_tags
                WHERE model_tags.model_id = models.model_id
            ),
            'exports', (
                SELECT COALESCE(
                    json_agg(
                        json_build_object(
                            'format', export_format, 'path', export_path,
                            'created_at', model_exports.created_at, 'metadata', model_exports.metadata
                        )
                        ORDER BY export_format, export_path
                    ),
                    '[]'
                )::text
                FROM model_exports
                WHERE model_exports.model_id = models.model_id
            )
        )
        ORDER BY member.generation, member.model_id
    ),
    '[]'
)::text AS "records!: String"
FROM member
JOIN models ON models.model_id = member.model_id
