SELECT model_id AS "model_id!", parent_model_id AS "parent!"
FROM models
WHERE parent_model_id IS NOT NULL
