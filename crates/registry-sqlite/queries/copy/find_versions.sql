-- The list holds pairs.
SELECT models.model_id AS "model_id!", models.name AS "name!", models.version AS "version!"
FROM json_each(?1) AS pair
CROSS JOIN models ON models.name = pair.value ->> 0 AND models.version = pair.value ->> 1
