-- Of these lines, gives the first the time, unless it has one.
UPDATE webhook_deliveries
SET next_attempt_at = $3
WHERE next_attempt_at IS NULL
    AND delivery_id = ANY (ARRAY(
        SELECT first.delivery_id
        FROM unnest($1::bigint[], $2::bigint[]) AS line (webhook_id, number)
        CROSS JOIN LATERAL (
            SELECT one.delivery_id
            FROM webhook_deliveries AS one
            WHERE one.webhook_id = line.webhook_id AND one.line = line.number AND one.finished_at IS NULL
            ORDER BY one.delivery_id
            LIMIT 1
        ) AS first
    ))
