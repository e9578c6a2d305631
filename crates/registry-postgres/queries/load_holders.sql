-- The latest tag event first. Each model is looked up by its id: `OFFSET 0` keeps the planner from reading all of them.
SELECT
    models.model_id AS "model_id!",
    models.name AS "name!",
    models.version AS "version!",
    models.status AS "status!",
    held.promoted::int::bigint AS "promoted!",
    held.event_id AS "event_id!"
FROM model_tags AS held
CROSS JOIN LATERAL (SELECT * FROM models AS whole WHERE whole.model_id = held.model_id OFFSET 0) AS models
WHERE held.tag_name = $1
ORDER BY held.event_id DESC
