-- One row: a JSON list, newest first. By the index on the name.
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
    WHERE name = ?1 AND event_id < ?2
    ORDER BY event_id DESC
    LIMIT +?3
) AS page
