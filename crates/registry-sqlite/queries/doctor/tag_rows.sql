-- Tags by which a model would be listed in the wrong place.
SELECT model_tags.model_id AS "model_id!", model_tags.tag_name AS "tag_name!"
FROM model_tags
CROSS JOIN models ON models.model_id = model_tags.model_id
WHERE
    model_tags.model_id BETWEEN ?1 AND ?2
    AND (model_tags.model_created_at <> models.created_at OR model_tags.name <> models.name)
ORDER BY model_tags.model_id, model_tags.tag_name
