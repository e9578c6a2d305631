UPDATE webhooks
SET
    name = ?2,
    url = ?3,
    filter = ?4,
    enabled = ?5,
    secret = ?6,
    old_secret = ?7,
    old_secret_until = ?8,
    gone_at = ?9,
    updated_at = ?10,
    updated_by = ?11
WHERE webhook_id = ?1
