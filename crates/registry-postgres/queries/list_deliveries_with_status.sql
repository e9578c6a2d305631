-- Newest first.
SELECT
    delivery.delivery_id AS "delivery_id!",
    delivery.webhook_id AS "webhook_id!",
    delivery.event_id AS "event_id?",
    event.kind AS "kind?",
    event.model_id AS "model_id?",
    event.name AS "name?",
    event.version AS "version?",
    event.tag AS "tag?",
    delivery.status AS "status!",
    delivery.attempts AS "attempts!",
    delivery.failures AS "failures!",
    delivery.next_attempt_at AS "next_attempt_at?",
    delivery.last_status AS "last_status?",
    delivery.last_error AS "last_error?",
    delivery.created_at AS "created_at!",
    delivery.finished_at AS "finished_at?"
FROM webhook_deliveries AS delivery
LEFT JOIN LATERAL (
    SELECT kind, model_id, name, version, tag
    FROM events
    WHERE event_id = delivery.event_id
    OFFSET 0
) AS event ON TRUE
WHERE delivery.status = $1 AND delivery.delivery_id < $2
ORDER BY delivery.delivery_id DESC
LIMIT $3
