UPDATE webhook_deliveries
SET status = 'pending', failures = 0, next_attempt_at = NULL, finished_at = NULL
WHERE webhook_id = ?1 AND created_at >= ?2 AND finished_at IS NOT NULL
RETURNING webhook_id AS "webhook_id!", line AS "line!"
