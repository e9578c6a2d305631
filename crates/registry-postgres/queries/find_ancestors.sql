WITH RECURSIVE
    -- The model and everything above it, each once, cycle or not...
    above (model_id) AS (
        SELECT models.model_id FROM models WHERE models.model_id = $1
        UNION
        SELECT models.parent_model_id
        FROM above
        JOIN models ON models.model_id = above.model_id
        WHERE models.parent_model_id IS NOT NULL
    ),
    -- ...so that this many steps up meet each of them exactly once.
    member (model_id, generation) AS (
        SELECT models.model_id, 0 FROM models WHERE models.model_id = $1
        UNION ALL
        SELECT models.parent_model_id, member.generation - 1
        FROM member
        JOIN models ON models.model_id = member.model_id
        WHERE models.parent_model_id IS NOT NULL AND member.generation > 1 - (SELECT count(*) FROM above)
    )
-- Each model is looked up by its id: `OFFSET 0` keeps the planner from reading all of them.
SELECT
    member.generation::bigint AS "generation!",
    models.model_id AS "model_id!",
    models.name AS "name!",
    models.version AS "version!",
    models.ordinal AS "ordinal!",
    models.checkpoint_path AS "checkpoint_path!",
    models.checkpoint_absolute AS "checkpoint_absolute?",
    models.size_bytes AS "size_bytes?",
    models.task_type AS "task_type!",
    models.config_hash AS "config_hash!",
    models.training_run_id AS "training_run_id?",
    models.parent_model_id AS "parent_model_id?",
    models.created_at AS "created_at!",
    models.updated_at AS "updated_at!",
    models.created_by AS "created_by!",
    models.metrics AS "metrics!",
    models.export_formats AS "export_formats!",
    models.model_size_mb AS "model_size_mb?",
    models.memory_req_gb AS "memory_req_gb?",
    models.metadata AS "metadata!",
    models.notes AS "notes?",
    models.status AS "status!",
    (
        SELECT COALESCE(
            json_agg(
                json_build_object('name', tag_name, 'since', model_tags.created_at, 'promoted', promoted::int)
                ORDER BY tag_name
            ),
            '[]'
        )::text
        FROM model_tags
        WHERE model_tags.model_id = models.model_id
    ) AS "tags!: String",
    (
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
    ) AS "exports!: String"
FROM member
CROSS JOIN LATERAL (SELECT * FROM models AS whole WHERE whole.model_id = member.model_id OFFSET 0) AS models
ORDER BY member.generation, member.model_id
