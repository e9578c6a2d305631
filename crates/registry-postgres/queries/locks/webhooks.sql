SELECT id AS "id!" FROM webhook_state WHERE id = 1 FOR UPDATE
