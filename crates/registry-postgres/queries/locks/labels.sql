-- The same for tags, each with the name of a model that will have it, in the order of their bytes.
SELECT
    pg_advisory_xact_lock_shared(hashtextextended(concat_ws(E'\n', current_schema(), 'tag', label.tag), 0)),
    pg_advisory_xact_lock_shared(hashtextextended(concat_ws(E'\n', current_schema(), 'tag', label.tag, label.name), 0))
FROM (
    SELECT DISTINCT wanted.tag COLLATE "C" AS tag, wanted.name COLLATE "C" AS name
    FROM unnest($1::text[], $2::text[]) AS wanted (tag, name)
    ORDER BY 1, 2
) AS label
