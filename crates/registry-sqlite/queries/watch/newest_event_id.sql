SELECT COALESCE(MAX(event_id), 0) AS "newest!: i64" FROM events
