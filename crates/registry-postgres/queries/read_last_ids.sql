SELECT
    COALESCE((SELECT last_value FROM model_ids WHERE is_called), 0) AS "model!",
    COALESCE((SELECT last_value FROM event_ids WHERE is_called), 0) AS "event!"
