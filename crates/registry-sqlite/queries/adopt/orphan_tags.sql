SELECT *
FROM original_model_tags AS tags
WHERE NOT EXISTS (SELECT 1 FROM original_models AS models WHERE models.model_id = tags.model_id)
ORDER BY tag_id
