-- Rows of models that do not exist, each table and model once, for models in a range of ids.
SELECT 'model_tags'::text AS "kept_in!", model_id AS "model_id!"
FROM model_tags
WHERE
    model_id > $1
    AND model_id <= $2
    AND NOT EXISTS (SELECT FROM models WHERE models.model_id = model_tags.model_id OFFSET 0)
UNION
SELECT 'model_metrics'::text, model_id
FROM model_metrics
WHERE
    model_id > $1
    AND model_id <= $2
    AND NOT EXISTS (SELECT FROM models WHERE models.model_id = model_metrics.model_id OFFSET 0)
UNION
SELECT 'model_metadata'::text, model_id
FROM model_metadata
WHERE
    model_id > $1
    AND model_id <= $2
    AND NOT EXISTS (SELECT FROM models WHERE models.model_id = model_metadata.model_id OFFSET 0)
UNION
SELECT 'model_formats'::text, model_id
FROM model_formats
WHERE
    model_id > $1
    AND model_id <= $2
    AND NOT EXISTS (SELECT FROM models WHERE models.model_id = model_formats.model_id OFFSET 0)
UNION
SELECT 'model_exports'::text, model_id
FROM model_exports
WHERE
    model_id > $1
    AND model_id <= $2
    AND NOT EXISTS (SELECT FROM models WHERE models.model_id = model_exports.model_id OFFSET 0)
ORDER BY 1, 2
