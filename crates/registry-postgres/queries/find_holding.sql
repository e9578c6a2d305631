-- From the tag's events back in time to the first that was not followed, before that time, by another of the same model
-- and tag, and whose model was not retired then.
SELECT
    given.event_id AS "event_id!",
    given.at AS "at!",
    given.kind AS "kind!",
    given.actor AS "actor!",
    given.reason AS "reason?",
    given.model_id AS "model_id?",
    given.name AS "name?",
    given.version AS "version?",
    given.tag AS "tag?",
    given.before AS "before?",
    given.after AS "after?",
    given.previous_event_id AS "previous_event_id?"
FROM events AS given
WHERE given.tag = $1
    AND ($2::text IS NULL OR given.name = $2)
    AND given.at <= $3
    AND given.kind = ANY($4)
    AND NOT EXISTS (
        SELECT 1
        FROM events AS later
        WHERE later.model_id = given.model_id
            AND later.event_id > given.event_id
            AND later.tag = given.tag
            AND later.at <= $3
    )
    AND COALESCE(
        (
            SELECT turn.kind
            FROM events AS turn
            WHERE turn.model_id = given.model_id AND turn.kind IN ($5, $6) AND turn.at <= $3
            ORDER BY turn.event_id DESC
            LIMIT 1
        ),
        $6
    ) = $6
ORDER BY given.event_id DESC
LIMIT 1
