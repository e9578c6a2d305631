UPDATE webhook_deliveries
SET status = 'pending', failures = 0, next_attempt_at = NULL, finished_at = NULL
WHERE delivery_id = ?1
RETURNING webhook_id AS "webhook_id!", line AS "line!"
