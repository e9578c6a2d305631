UPDATE webhook_state SET lease_holder = $1, lease_until = $2 WHERE id = 1
