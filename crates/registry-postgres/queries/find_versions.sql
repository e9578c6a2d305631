-- The highest version first. Every key is below 26 bytes of FF.
SELECT model_id AS "model_id!", name AS "name!", version AS "version!"
FROM models
WHERE name = $1 AND version_key < COALESCE($2, '\xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF'::bytea)
ORDER BY version_key DESC
LIMIT $3
