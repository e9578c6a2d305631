-- Newest first. By the index on the tag.
SELECT
    event_id AS "event_id!",
    at AS "at!",
    kind AS "kind!",
    actor AS "actor!",
    reason AS "reason?",
    model_id AS "model_id?",
    name AS "name?",
    version AS "version?",
    tag AS "tag?",
    before AS "before?",
    after AS "after?",
    previous_event_id AS "previous_event_id?"
FROM events
WHERE tag = $1 AND ($2::text IS NULL OR name = $2) AND event_id < $3
ORDER BY event_id DESC
LIMIT $4
