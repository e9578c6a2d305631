-- One row: a JSON list, newest first. By the index on the model.
SELECT json_group_array(
    json_object(
        'event_id', page.event_id,
        'at', page.at,
        'kind', page.kind,
        'actor', page.actor,
        'reason', page.reason,
        'model_id', page.model_id,
        'name', page.name,
        'version', page.version,
        'tag', page.tag,
        'before', page.before,
        'after', page.after,
        'previous_event_id', page.previous_event_id
    )
    ORDER BY page.event_id DESC
) AS "records!: String"
FROM (
    SELECT *
    FROM events
    WHERE model_id = ?1 AND (?2 IS NULL OR +name = ?2) AND (?3 IS NULL OR +tag = ?3) AND event_id < ?4
    ORDER BY event_id DESC
    LIMIT +?5
) AS page
