INSERT INTO webhooks (
    webhook_id, name, url, filter, enabled, secret, after_event_id, created_at, created_by, updated_at, updated_by
)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?8, ?9)
