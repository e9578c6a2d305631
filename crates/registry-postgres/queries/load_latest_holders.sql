-- The latest tag event first.
SELECT
    models.model_id AS "model_id!",
    models.name AS "name!",
    models.version AS "version!",
    models.status AS "status!",
    held.promoted::int::bigint AS "promoted!",
    held.event_id AS "event_id!"
FROM model_tags AS held
JOIN models ON models.model_id = held.model_id
WHERE held.tag_name = $1 AND models.status = $2
ORDER BY held.event_id DESC
LIMIT $3
