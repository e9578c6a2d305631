-- The tag, whoever holds it.
SELECT pg_advisory_xact_lock(hashtextextended(concat_ws(E'\n', current_schema(), 'tag', $1::text), 0))
