UPDATE webhook_state SET cursor_event_id = $1 WHERE id = 1
