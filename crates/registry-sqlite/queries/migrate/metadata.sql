SELECT model_id AS "model_id!", metadata AS "metadata!"
FROM models
WHERE model_id > ?1
ORDER BY model_id
LIMIT 1000
