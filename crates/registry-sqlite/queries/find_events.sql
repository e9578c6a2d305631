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
WHERE event_id IN (SELECT value FROM json_each(?1))
