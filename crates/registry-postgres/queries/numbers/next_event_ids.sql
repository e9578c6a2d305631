SELECT nextval('event_ids') AS "next!" FROM generate_series(1, $1::bigint)
