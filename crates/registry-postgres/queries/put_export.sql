INSERT INTO model_exports (
    model_id,
    export_format,
    export_path,
    path_sha256,
    created_at,
    metadata
)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (model_id, export_format, path_sha256) DO UPDATE SET
    created_at = excluded.created_at,
    metadata = excluded.metadata
