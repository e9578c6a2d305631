UPDATE webhook_state SET last_delivery_id = ?1 WHERE id = 1
