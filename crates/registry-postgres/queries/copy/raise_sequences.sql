-- A sequence of which nothing was taken and nothing shall have been stays as it is. This is not undone by a rollback.
SELECT
    (
        SELECT setval('model_ids', GREATEST($1::bigint, CASE WHEN is_called THEN last_value ELSE 1 END))
        FROM model_ids
        WHERE $1::bigint > 0
    ) AS model,
    (
        SELECT setval('event_ids', GREATEST($2::bigint, CASE WHEN is_called THEN last_value ELSE 1 END))
        FROM event_ids
        WHERE $2::bigint > 0
    ) AS event
