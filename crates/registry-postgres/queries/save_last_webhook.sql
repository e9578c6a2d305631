UPDATE webhook_state SET last_webhook_id = $1 WHERE id = 1
