-- Of these lines, takes the time from whoever has one and is not the first.
UPDATE webhook_deliveries
SET next_attempt_at = NULL
WHERE delivery_id = ANY (ARRAY(
    SELECT timed.delivery_id
    FROM unnest($1::bigint[], $2::bigint[]) AS line (webhook_id, number)
    CROSS JOIN LATERAL (
        SELECT one.delivery_id
        FROM webhook_deliveries AS one
        WHERE one.webhook_id = line.webhook_id
            AND one.line = line.number
            AND one.next_attempt_at IS NOT NULL
        OFFSET 0
    ) AS timed
    CROSS JOIN LATERAL (
        SELECT first.delivery_id
        FROM webhook_deliveries AS first
        WHERE first.webhook_id = line.webhook_id
            AND first.line = line.number
            AND first.finished_at IS NULL
        ORDER BY first.delivery_id
        LIMIT 1
    ) AS first
    WHERE first.delivery_id < timed.delivery_id
))
