-- Those that hold the tag (of the name, if given) and those that held it before them, in the order of their ids.
SELECT FROM models
WHERE models.model_id = ANY(ARRAY(
    SELECT held.model_id
    FROM model_tags AS held
    WHERE held.tag_name = $1 AND held.name = COALESCE($2, held.name)
    UNION
    SELECT previous.model_id
    FROM model_tags AS held
    JOIN events AS given ON given.event_id = held.event_id
    JOIN events AS previous ON previous.event_id = given.previous_event_id
    WHERE held.tag_name = $1 AND held.name = COALESCE($2, held.name)
))
ORDER BY models.model_id
FOR NO KEY UPDATE
