-- Of programs that start at the same moment one migrates.
SELECT pg_advisory_xact_lock(
    hashtextextended(concat_ws(E'\n', COALESCE($1::text, current_schema()), 'migration'), 0)
)
