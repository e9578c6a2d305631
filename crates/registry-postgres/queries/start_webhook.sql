UPDATE webhooks SET after_event_id = $2 WHERE webhook_id = $1
