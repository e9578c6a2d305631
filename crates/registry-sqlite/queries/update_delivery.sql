UPDATE webhook_deliveries
SET
    status = ?2,
    attempts = ?3,
    failures = ?4,
    next_attempt_at = ?5,
    last_status = ?6,
    last_error = ?7,
    finished_at = ?8
WHERE delivery_id = ?1
