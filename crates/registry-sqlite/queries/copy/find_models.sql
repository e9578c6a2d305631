SELECT
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
        SELECT json_group_array(
            json_object('name', tag_name, 'since', model_tags.created_at, 'promoted', promoted)
            ORDER BY tag_name
        )
        FROM model_tags
        WHERE model_tags.model_id = models.model_id
    ) AS "tags!: String",
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
    ) AS "exports!: String"
FROM models
WHERE models.model_id IN (SELECT value FROM json_each(?1))
ORDER BY models.model_id
