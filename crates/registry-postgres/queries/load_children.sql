SELECT model_id AS "model_id!", name AS "name!", version AS "version!"
FROM models
WHERE parent_model_id = $1
ORDER BY model_id
