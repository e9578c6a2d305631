-- Tags whose last promoted holder was deleted and that nobody holds since.
SELECT events.tag AS "tag!: String", events.name AS "name?", events.version AS "version?"
FROM events
WHERE events.event_id IN (
        SELECT MAX(given.event_id)
        FROM events AS given
        WHERE given.tag IS NOT NULL AND given.kind IN ('promoted', 'rolled_back')
        GROUP BY given.tag
    )
    AND NOT EXISTS (SELECT 1 FROM models WHERE models.model_id = events.model_id)
    AND NOT EXISTS (SELECT 1 FROM model_tags WHERE model_tags.tag_name = events.tag)
ORDER BY events.tag
