-- They get their turn by `release_deliveries.sql`.
INSERT INTO webhook_deliveries (
    delivery_id, webhook_id, line, event_id, status, attempts, failures, created_at
)
SELECT line.delivery_id, line.webhook_id, line.number, line.event_id, 'pending', 0, 0, $5
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])
    AS line (delivery_id, webhook_id, number, event_id)
