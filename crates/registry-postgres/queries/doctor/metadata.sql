SELECT
    model_id AS "model_id!",
    path AS "path!",
    number AS "number?",
    text AS "text?",
    boolean AS "boolean?"
FROM model_metadata
WHERE model_id BETWEEN $1 AND $2
ORDER BY model_id
