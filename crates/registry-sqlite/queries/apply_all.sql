-- Many changes in one round trip. Each statement reads its rows, lists of values, from a JSON list of its own.

INSERT INTO events (
    event_id,
    at,
    kind,
    actor,
    reason,
    model_id,
    name,
    version,
    tag,
    before,
    after,
    previous_event_id
)
SELECT
    line.value ->> 0,
    line.value ->> 1,
    line.value ->> 2,
    line.value ->> 3,
    line.value ->> 4,
    line.value ->> 5,
    line.value ->> 6,
    line.value ->> 7,
    line.value ->> 8,
    line.value ->> 9,
    line.value ->> 10,
    line.value ->> 11
FROM jsonb_each(?) AS line;

INSERT INTO models (
    model_id,
    name,
    version,
    version_key,
    ordinal,
    checkpoint_path,
    checkpoint_absolute,
    size_bytes,
    task_type,
    config_hash,
    training_run_id,
    parent_model_id,
    created_at,
    updated_at,
    created_by,
    metrics,
    export_formats,
    model_size_mb,
    memory_req_gb,
    metadata,
    notes,
    status
)
SELECT
    line.value ->> 0,
    line.value ->> 1,
    line.value ->> 2,
    unhex(line.value ->> 3),
    line.value ->> 4,
    line.value ->> 5,
    line.value ->> 6,
    line.value ->> 7,
    line.value ->> 8,
    line.value ->> 9,
    line.value ->> 10,
    line.value ->> 11,
    line.value ->> 12,
    line.value ->> 13,
    line.value ->> 14,
    line.value ->> 15,
    line.value ->> 16,
    line.value ->> 17,
    line.value ->> 18,
    line.value ->> 19,
    line.value ->> 20,
    line.value ->> 21
FROM jsonb_each(?) AS line;

INSERT INTO model_names (name, last_ordinal)
SELECT line.key, line.value
FROM json_each(?) AS line
WHERE TRUE
ON CONFLICT (name) DO UPDATE SET last_ordinal = excluded.last_ordinal;

-- A model and an object of its metrics.
INSERT INTO model_metrics (model_id, name, value)
SELECT line.value ->> 0, metric.key, metric.value
FROM jsonb_each(?) AS line
CROSS JOIN json_each(line.value, '$[1]') AS metric;

-- A model and a list of its declared formats.
INSERT INTO model_formats (model_id, export_format)
SELECT DISTINCT line.value ->> 0, format.value
FROM jsonb_each(?) AS line
CROSS JOIN json_each(line.value, '$[1]') AS format;

-- A model and an object of its metadata's leaves by path.
INSERT INTO model_metadata (model_id, path, value)
SELECT
    line.value ->> 0,
    leaf.key,
    CASE leaf.type WHEN 'true' THEN x'01' WHEN 'false' THEN x'00' ELSE leaf.value END
FROM jsonb_each(?) AS line
CROSS JOIN json_each(line.value, '$[1]') AS leaf;

INSERT INTO model_exports (
    model_id,
    export_format,
    export_path,
    created_at,
    metadata
)
SELECT
    line.value ->> 0,
    line.value ->> 1,
    line.value ->> 2,
    line.value ->> 3,
    line.value ->> 4
FROM jsonb_each(?) AS line
WHERE TRUE
ON CONFLICT (model_id, export_format, export_path) DO UPDATE SET
    created_at = excluded.created_at,
    metadata = excluded.metadata;

DELETE FROM model_tags
WHERE (model_id, tag_name) IN (SELECT line.value ->> 0, line.value ->> 1 FROM jsonb_each(?) AS line);

INSERT INTO model_tags (
    model_id,
    tag_name,
    name,
    created_at,
    promoted,
    event_id,
    model_created_at
)
SELECT
    models.model_id,
    line.value ->> 1,
    line.value ->> 2,
    line.value ->> 3,
    line.value ->> 4,
    line.value ->> 5,
    models.created_at
FROM jsonb_each(?) AS line
CROSS JOIN models ON models.model_id = line.value ->> 0
WHERE TRUE
ON CONFLICT (model_id, tag_name) DO UPDATE SET
    created_at = excluded.created_at,
    promoted = excluded.promoted,
    event_id = excluded.event_id
