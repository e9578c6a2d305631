-- Models of today whose last event with a tag says otherwise than the tags they hold.
SELECT
    last.model_id AS "model_id!: i64",
    last.tag AS "tag!: String",
    (events.kind IN ('promoted', 'rolled_back', 'labelled')) AS "given!: bool"
FROM (
    SELECT model_id, tag, MAX(event_id) AS event_id
    FROM events
    WHERE tag IS NOT NULL AND model_id IS NOT NULL
    GROUP BY model_id, tag
) AS last
JOIN events ON events.event_id = last.event_id
JOIN models ON models.model_id = last.model_id
LEFT JOIN model_tags ON model_tags.model_id = last.model_id AND model_tags.tag_name = last.tag
WHERE (events.kind IN ('promoted', 'rolled_back', 'labelled')) IS NOT (model_tags.event_id IS last.event_id)
    OR (events.kind NOT IN ('promoted', 'rolled_back', 'labelled') AND model_tags.event_id IS NOT NULL)
ORDER BY last.model_id, last.tag
