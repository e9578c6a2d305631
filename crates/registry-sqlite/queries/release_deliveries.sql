-- Of these lines, gives the first the time, unless it has one. A list of lists: webhook, line.
UPDATE webhook_deliveries
SET next_attempt_at = ?2
WHERE next_attempt_at IS NULL
    AND delivery_id IN (
        SELECT (
            SELECT first.delivery_id
            FROM webhook_deliveries AS first
            WHERE first.webhook_id = line.value ->> 0
                AND first.line = line.value ->> 1
                AND first.finished_at IS NULL
            ORDER BY first.delivery_id
            LIMIT 1
        )
        FROM json_each(?1) AS line
    )
