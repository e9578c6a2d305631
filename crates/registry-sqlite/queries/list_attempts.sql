SELECT
    delivery_id AS "delivery_id!",
    number AS "number!",
    at AS "at!",
    duration AS "duration!",
    status AS "status?",
    error AS "error?"
FROM webhook_attempts
WHERE delivery_id = ?1
ORDER BY number
