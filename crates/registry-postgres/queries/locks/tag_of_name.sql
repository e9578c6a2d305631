-- The tag within a name.
SELECT
    pg_advisory_xact_lock_shared(hashtextextended(concat_ws(E'\n', current_schema(), 'tag', $1::text), 0)),
    pg_advisory_xact_lock(hashtextextended(concat_ws(E'\n', current_schema(), 'tag', $1::text, $2::text), 0))
