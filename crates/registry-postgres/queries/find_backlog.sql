-- Counted as far as the bound. What waits for a webhook that is off is not late.
SELECT
    (
        SELECT COUNT(*)
        FROM (SELECT 1 FROM webhook_deliveries WHERE status = 'pending' LIMIT $1) AS page
    ) AS "pending!: i64",
    (
        SELECT COUNT(*)
        FROM (SELECT 1 FROM webhook_deliveries WHERE status = 'dead' LIMIT $1) AS page
    ) AS "dead!: i64",
    (
        SELECT delivery.created_at
        FROM webhook_deliveries AS delivery
        WHERE
            delivery.finished_at IS NULL
            AND EXISTS (
                SELECT 1
                FROM webhooks AS webhook
                WHERE webhook.webhook_id = delivery.webhook_id AND webhook.enabled
            )
        ORDER BY delivery.created_at
        LIMIT 1
    ) AS "oldest?: i64"
