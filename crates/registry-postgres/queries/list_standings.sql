-- Counted as far as the bound. The last that was tried is looked for among the newest: an equality would drop the webhook
-- from the order, and the planner could then read the deliveries of all webhooks from the end.
SELECT
    hook.webhook_id AS "webhook_id!",
    (
        SELECT COUNT(*)
        FROM (
            SELECT 1
            FROM webhook_deliveries AS counted
            WHERE counted.webhook_id = hook.webhook_id AND counted.status = 'pending'
            LIMIT $1
        ) AS page
    ) AS "pending!: i64",
    (
        SELECT COUNT(*)
        FROM (
            SELECT 1
            FROM webhook_deliveries AS counted
            WHERE counted.webhook_id = hook.webhook_id AND counted.status = 'dead'
            LIMIT $1
        ) AS page
    ) AS "dead!: i64",
    last.delivery_id AS "delivery_id?",
    last.status AS "status?",
    last.last_status AS "last_status?",
    last.last_error AS "last_error?",
    last.finished_at AS "finished_at?"
FROM webhooks AS hook
LEFT JOIN LATERAL (
    SELECT page.*
    FROM (
        SELECT
            newest.delivery_id,
            newest.attempts,
            newest.status,
            newest.last_status,
            newest.last_error,
            newest.finished_at
        FROM webhook_deliveries AS newest
        WHERE newest.webhook_id >= hook.webhook_id AND newest.webhook_id <= hook.webhook_id
        ORDER BY newest.webhook_id DESC, newest.delivery_id DESC
        LIMIT $2
    ) AS page
    WHERE page.attempts > 0
    ORDER BY page.delivery_id DESC
    LIMIT 1
) AS last ON TRUE
ORDER BY hook.name
