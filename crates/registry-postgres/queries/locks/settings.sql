SELECT pg_advisory_xact_lock(hashtextextended(concat_ws(E'\n', current_schema(), 'settings'), 0))
