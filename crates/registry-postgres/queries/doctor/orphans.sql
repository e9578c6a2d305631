-- Rows of models that do not exist, each table and model once.
SELECT 'model_tags'::text AS "kept_in!", model_id AS "model_id!"
FROM model_tags
WHERE NOT EXISTS (SELECT FROM models WHERE models.model_id = model_tags.model_id)
UNION
SELECT 'model_metrics'::text, model_id
FROM model_metrics
WHERE NOT EXISTS (SELECT FROM models WHERE models.model_id = model_metrics.model_id)
UNION
SELECT 'model_metadata'::text, model_id
FROM model_metadata
WHERE NOT EXISTS (SELECT FROM models WHERE models.model_id = model_metadata.model_id)
UNION
SELECT 'model_formats'::text, model_id
FROM model_formats
WHERE NOT EXISTS (SELECT FROM models WHERE models.model_id = model_formats.model_id)
UNION
SELECT 'model_exports'::text, model_id
FROM model_exports
WHERE NOT EXISTS (SELECT FROM models WHERE models.model_id = model_exports.model_id)
ORDER BY 1, 2
