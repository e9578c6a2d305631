-- A model and those of its name that hold the tag, in the order of their ids.
SELECT FROM models
WHERE models.model_id = ANY(ARRAY(
    SELECT $1::bigint
    UNION
    SELECT held.model_id
    FROM models AS promoted
    JOIN model_tags AS held ON held.name = promoted.name
    WHERE promoted.model_id = $1 AND held.tag_name = $2
))
ORDER BY models.model_id
FOR NO KEY UPDATE
