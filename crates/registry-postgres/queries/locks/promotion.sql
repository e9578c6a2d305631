-- A model and those that hold the tag, in the order of their ids.
SELECT FROM models
WHERE models.model_id = ANY(ARRAY(
    SELECT $1::bigint
    UNION
    SELECT held.model_id
    FROM model_tags AS held
    WHERE held.tag_name = $2
))
ORDER BY models.model_id
FOR NO KEY UPDATE
