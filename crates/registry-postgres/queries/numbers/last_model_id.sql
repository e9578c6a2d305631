SELECT last_value AS "last!" FROM model_ids WHERE is_called
