-- Three thousand models, nearly all alike: what makes a planner give up an index. (Tests put another number for 3000.)
INSERT INTO models (
    model_id, name, version, version_key, ordinal, checkpoint_path, task_type, config_hash, training_run_id,
    parent_model_id, created_at, updated_at, created_by, metrics, export_formats, model_size_mb, memory_req_gb,
    metadata, status
)
SELECT
    n,
    CASE WHEN n % 100 = 0 THEN 'rare' ELSE 'common' END,
    n || '.0.0',
    decode(lpad(to_hex(n), 16, '0') || repeat('0', 32) || 'ff', 'hex'),
    n,
    CASE WHEN n % 10 = 0 THEN format('models/%s.pt', n) ELSE 'model.pt' END,
    CASE WHEN n % 500 = 0 THEN 'rare' ELSE 'common' END,
    CASE WHEN n % 10 = 0 THEN lpad(n::text, 64, '0') ELSE repeat('0', 64) END,
    CASE WHEN n % 4 = 0 THEN 1 + n / 400 END,
    CASE WHEN n % 3 = 0 THEN n / 3 WHEN n > 2500 THEN 1 END,
    n / 7, n / 7 + n % 13,
    CASE WHEN n % 200 = 0 THEN 'bob' ELSE 'alice' END,
    CASE WHEN n % 20 = 0 THEN '{}' ELSE format('{"val_loss": %s}', (n * 7919 % 3000)::double precision / 3000) END,
    '[]',
    CASE WHEN n % 5 <> 0 THEN n % 97 * 1.5 END,
    CASE WHEN n % 50 = 0 THEN n / 50.0 END,
    CASE WHEN n % 2 = 0 THEN format('{"seed": %s, "kind": "k%s"}', n % 100, n % 7) ELSE '{}' END,
    CASE WHEN n % 50 = 0 THEN 'retired' ELSE 'active' END
FROM generate_series(1::bigint, 3000) AS number (n);

INSERT INTO model_metrics (model_id, name, value)
SELECT model_id, 'val_loss', (model_id * 7919 % 3000)::double precision / 3000 FROM models WHERE model_id % 20 <> 0;

INSERT INTO model_metadata (model_id, path, number, text)
SELECT model_id, '.seed', model_id % 100, NULL FROM models WHERE model_id % 2 = 0
UNION ALL
SELECT model_id, '.kind', NULL, 'k' || model_id % 7 FROM models WHERE model_id % 2 = 0;

INSERT INTO events (event_id, at, kind, actor, model_id, name, version, tag)
SELECT
    model_id, created_at, 'labelled', 'alice', model_id, name, version,
    CASE WHEN model_id % 300 = 0 THEN 'rare' ELSE 'common' END
FROM models;

INSERT INTO model_tags (model_id, tag_name, name, created_at, promoted, event_id, model_created_at)
SELECT model_id, tag, name, at, FALSE, event_id, at FROM events;

INSERT INTO model_exports (model_id, export_format, export_path, path_sha256, created_at, metadata)
SELECT model_id, 'onnx', 'model.onnx', sha256('model.onnx'), created_at, '{}' FROM models WHERE model_id % 2 = 0;

INSERT INTO model_formats (model_id, export_format)
SELECT model_id, 'gguf' FROM models WHERE model_id % 30 = 0;

INSERT INTO model_names (name, last_ordinal) VALUES ('common', 3000), ('rare', 3000);

INSERT INTO webhooks (
    webhook_id, name, url, filter, enabled, secret, after_event_id, created_at, created_by, updated_at, updated_by
)
VALUES
    (1, 'common', 'https://hooks.example', '{}', TRUE, '', 0, 0, 'alice', 0, 'alice'),
    (2, 'rare', 'https://hooks.example', '{}', TRUE, '', 0, 0, 'alice', 0, 'alice');

INSERT INTO webhook_deliveries (
    delivery_id, webhook_id, line, event_id, status, attempts, failures, next_attempt_at, created_at, finished_at
)
SELECT
    model_id,
    CASE WHEN model_id % 500 = 0 THEN 2 ELSE 1 END,
    model_id,
    model_id,
    CASE WHEN model_id % 3 = 0 THEN 'pending' WHEN model_id % 100 = 1 THEN 'dead' ELSE 'delivered' END,
    1,
    0,
    CASE WHEN model_id % 3 = 0 THEN created_at END,
    created_at,
    CASE WHEN model_id % 3 <> 0 THEN created_at END
FROM models;

INSERT INTO webhook_attempts (delivery_id, number, at, duration)
SELECT delivery_id, 1, created_at, 0 FROM webhook_deliveries;
