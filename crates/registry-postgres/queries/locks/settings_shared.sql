SELECT pg_advisory_xact_lock_shared(hashtextextended(concat_ws(E'\n', current_schema(), 'settings'), 0))
