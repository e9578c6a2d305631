SELECT last_value AS "last!" FROM event_ids WHERE is_called
