-- Three thousand models, nearly all alike: what makes a planner give up an index.
INSERT INTO models (
    model_id, name, version, version_key, ordinal, checkpoint_path, task_type, config_hash, parent_model_id,
    created_at, updated_at, created_by, metrics, export_formats, metadata, status
)
WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 3000)
SELECT
    n,
    CASE WHEN n % 100 = 0 THEN 'rare' ELSE 'common' END,
    n || '.0.0',
    CAST(format('%08d', n) AS BLOB),
    n,
    'model.pt',
    CASE WHEN n % 500 = 0 THEN 'rare' ELSE 'common' END,
    CASE WHEN n % 10 = 0 THEN format('%064d', n) ELSE format('%064d', 0) END,
    CASE WHEN n % 3 = 0 THEN n / 3 WHEN n > 2500 THEN 1 END,
    n / 7, n / 7, 'alice', '{}', '[]', '{}',
    CASE WHEN n % 50 = 0 THEN 'retired' ELSE 'active' END
FROM number;

INSERT INTO model_metrics (model_id, name, value)
SELECT model_id, 'val_loss', model_id / 3000.0 FROM models;

INSERT INTO events (event_id, at, kind, actor, model_id, name, version, tag)
SELECT
    model_id, created_at, 'labelled', 'alice', model_id, name, version,
    CASE WHEN model_id % 300 = 0 THEN 'rare' ELSE 'common' END
FROM models;

INSERT INTO model_tags (model_id, tag_name, name, created_at, promoted, event_id)
SELECT model_id, tag, name, at, 0, event_id FROM events;

INSERT INTO model_exports (model_id, export_format, export_path, created_at, metadata)
SELECT model_id, 'onnx', 'model.onnx', created_at, '{}' FROM models WHERE model_id % 2 = 0;

INSERT INTO model_names (name, last_ordinal) VALUES ('common', 3000), ('rare', 3000);
