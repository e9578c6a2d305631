SELECT model_id AS "model_id!", name AS "name!", version AS "version!"
FROM models
WHERE name = $1 AND version = $2
