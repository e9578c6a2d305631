SELECT model_id AS "model_id!", version_key AS "version_key!"
FROM models
WHERE model_id BETWEEN $1 AND $2
