-- Their attempts go with them.
DELETE FROM webhook_deliveries
WHERE delivery_id IN (
    SELECT delivery_id
    FROM webhook_deliveries
    WHERE finished_at < ?1
    ORDER BY finished_at, delivery_id
    LIMIT ?2
)
