-- A list of lists: id, webhook, line, event. They get their turn by `release_deliveries.sql`.
INSERT INTO webhook_deliveries (
    delivery_id, webhook_id, line, event_id, status, attempts, failures, created_at
)
SELECT line.value ->> 0, line.value ->> 1, line.value ->> 2, line.value ->> 3, 'pending', 0, 0, ?2
FROM json_each(?1) AS line
