-- Who takes this may give models other parents.
SELECT pg_advisory_xact_lock(hashtextextended(concat_ws(E'\n', current_schema(), 'parents'), 0))
