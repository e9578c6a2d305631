-- Of these lines, takes the time from whoever has one and is not the first. A list of lists: webhook, line.
UPDATE webhook_deliveries
SET next_attempt_at = NULL
WHERE delivery_id IN (
    SELECT timed.delivery_id
    FROM json_each(?1) AS line
    CROSS JOIN webhook_deliveries AS timed
    WHERE timed.webhook_id = line.value ->> 0
        AND timed.line = line.value ->> 1
        AND timed.next_attempt_at IS NOT NULL
        AND EXISTS (
            SELECT 1
            FROM webhook_deliveries AS first
            WHERE first.webhook_id = timed.webhook_id
                AND first.line = timed.line
                AND first.delivery_id < timed.delivery_id
                AND first.finished_at IS NULL
        )
)
