-- The first such event, whichever model it is of.
SELECT event_id AS "event_id!", model_id AS "model_id!"
FROM events
WHERE name = $1 AND version = $2 AND at = $3 AND kind = $4
    AND model_id IS NOT NULL AND tag IS NOT DISTINCT FROM $5
ORDER BY event_id
LIMIT 1
