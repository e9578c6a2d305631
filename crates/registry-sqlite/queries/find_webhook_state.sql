-- The one row.
SELECT
    cursor_event_id AS "cursor!",
    last_webhook_id AS "last_webhook_id!",
    last_delivery_id AS "last_delivery_id!",
    lease_holder AS "lease_holder?",
    lease_until AS "lease_until?"
FROM webhook_state
WHERE id = 1
