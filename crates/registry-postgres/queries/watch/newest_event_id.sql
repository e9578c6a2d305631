SELECT COALESCE(MAX(event_id), 0) AS "newest!" FROM events
