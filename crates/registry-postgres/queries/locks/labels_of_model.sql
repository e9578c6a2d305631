-- The same for the tags that a model has.
SELECT
    pg_advisory_xact_lock_shared(hashtextextended(concat_ws(E'\n', current_schema(), 'tag', label.tag_name), 0)),
    pg_advisory_xact_lock_shared(hashtextextended(concat_ws(E'\n', current_schema(), 'tag', label.tag_name, label.name), 0))
FROM (
    SELECT tag_name, name
    FROM model_tags
    WHERE model_id = $1
    ORDER BY tag_name
) AS label
