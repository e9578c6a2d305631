-- Counted as far as the bound.
SELECT
    (
        SELECT COUNT(*)
        FROM (SELECT 1 FROM webhook_deliveries WHERE status = 'pending' LIMIT ?1) AS page
    ) AS "pending!: i64",
    (
        SELECT COUNT(*)
        FROM (SELECT 1 FROM webhook_deliveries WHERE status = 'dead' LIMIT ?1) AS page
    ) AS "dead!: i64",
    (
        SELECT MIN(created_at)
        FROM webhook_deliveries
        WHERE finished_at IS NULL
    ) AS "oldest?: i64"
