-- Tags whose event does not give this tag to this model in this way.
SELECT model_tags.model_id AS "model_id!", model_tags.tag_name AS "tag!"
FROM model_tags
LEFT JOIN events ON events.event_id = model_tags.event_id
WHERE events.event_id IS NULL
    OR events.model_id IS NOT model_tags.model_id
    OR events.tag IS NOT model_tags.tag_name
    OR NOT (
        (model_tags.promoted = 0 AND events.kind = 'labelled')
        OR (model_tags.promoted = 1 AND events.kind IN ('promoted', 'rolled_back'))
    )
ORDER BY model_tags.model_id, model_tags.tag_name
