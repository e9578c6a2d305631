SELECT model_id AS "model_id!", version_key AS "version_key!"
FROM models
WHERE model_id > ?1
ORDER BY model_id
LIMIT 200
