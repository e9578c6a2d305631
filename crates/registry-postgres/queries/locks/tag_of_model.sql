-- The tag within the name of a model.
SELECT
    pg_advisory_xact_lock_shared(hashtextextended(concat_ws(E'\n', current_schema(), 'tag', $1::text), 0)),
    pg_advisory_xact_lock(hashtextextended(concat_ws(E'\n', current_schema(), 'tag', $1::text, models.name), 0))
FROM models
WHERE models.model_id = $2
