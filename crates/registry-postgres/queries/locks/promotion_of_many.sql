-- A model; and the models of a status that got the tag last, those of another where these are fewer than asked, and the
-- settings.
WITH first AS MATERIALIZED (
    SELECT
        models.model_id,
        models.name,
        models.version,
        models.status,
        held.promoted::int AS promoted,
        held.event_id
    FROM model_tags AS held
    JOIN models ON models.model_id = held.model_id
    WHERE held.tag_name = $2 AND models.status = $3
    ORDER BY held.event_id DESC
    LIMIT $5
),
second AS MATERIALIZED (
    SELECT
        models.model_id,
        models.name,
        models.version,
        models.status,
        held.promoted::int AS promoted,
        held.event_id
    FROM model_tags AS held
    JOIN models ON models.model_id = held.model_id
    WHERE held.tag_name = $2 AND models.status = $4 AND (SELECT count(*) FROM first) < $5
    ORDER BY held.event_id DESC
    LIMIT $5
)
SELECT
    (SELECT COALESCE(json_agg(first ORDER BY first.event_id DESC), '[]')::text FROM first) AS "first!",
    (SELECT COALESCE(json_agg(second ORDER BY second.event_id DESC), '[]')::text FROM second) AS "second!",
    COALESCE(
        (
            SELECT json_agg(json_build_object('key', key, 'value', value) ORDER BY key COLLATE "C")::text
            FROM settings
        ),
        '[]'
    ) AS "settings!"
FROM models
WHERE models.model_id = $1
FOR NO KEY UPDATE
