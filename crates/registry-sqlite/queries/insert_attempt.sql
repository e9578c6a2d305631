INSERT INTO webhook_attempts (delivery_id, number, at, duration, status, error)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
