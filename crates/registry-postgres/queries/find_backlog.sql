-- Counted as far as the bound. For a webhook that is off nothing is due, and nothing is late.
SELECT
    (
        SELECT COUNT(*)
        FROM (SELECT 1 FROM webhook_deliveries WHERE status = 'pending' LIMIT $2) AS page
    ) AS "pending!: i64",
    (
        SELECT COUNT(*)
        FROM (SELECT 1 FROM webhook_deliveries WHERE status = 'dead' LIMIT $2) AS page
    ) AS "dead!: i64",
    (
        SELECT COUNT(*)
        FROM (
            SELECT 1
            FROM webhooks AS hook
            CROSS JOIN LATERAL (
                SELECT 1
                FROM webhook_deliveries AS delivery
                WHERE delivery.webhook_id = hook.webhook_id AND delivery.next_attempt_at <= $1
                ORDER BY delivery.next_attempt_at, delivery.delivery_id
                LIMIT $2
            ) AS due
            WHERE hook.enabled
            LIMIT $2
        ) AS page
    ) AS "due!: i64",
    (
        SELECT MIN(
            (
                SELECT waiting.created_at
                FROM webhook_deliveries AS waiting
                WHERE waiting.webhook_id = hook.webhook_id AND waiting.finished_at IS NULL
                ORDER BY waiting.created_at
                LIMIT 1
            )
        )
        FROM webhooks AS hook
        WHERE hook.enabled
    ) AS "oldest?: i64"
