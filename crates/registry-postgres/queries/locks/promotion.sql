-- A model and those that hold the tag, in the order of their ids; and how they hold it, and the settings.
SELECT
    models.model_id AS "model_id!",
    models.name AS "name!",
    models.version AS "version!",
    models.status AS "status!",
    held.promoted::int::bigint AS "promoted?",
    held.event_id AS "event_id?",
    COALESCE(
        (
            SELECT json_agg(json_build_object('key', key, 'value', value) ORDER BY key COLLATE "C")::text
            FROM settings
        ),
        '[]'
    ) AS "settings!"
FROM models
LEFT JOIN model_tags AS held ON held.model_id = models.model_id AND held.tag_name = $2
WHERE models.model_id = ANY(ARRAY(
    SELECT $1::bigint
    UNION
    SELECT holding.model_id
    FROM model_tags AS holding
    WHERE holding.tag_name = $2
))
ORDER BY models.model_id
FOR NO KEY UPDATE OF models
