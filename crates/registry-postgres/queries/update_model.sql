UPDATE models
SET
    checkpoint_path = $2,
    checkpoint_absolute = $3,
    size_bytes = $4,
    task_type = $5,
    config_hash = $6,
    training_run_id = $7,
    parent_model_id = $8,
    updated_at = $9,
    metrics = $10,
    export_formats = $11,
    model_size_mb = $12,
    memory_req_gb = $13,
    metadata = $14,
    notes = $15,
    status = $16
WHERE model_id = $1
