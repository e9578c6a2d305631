UPDATE models
SET parent_model_id = NULL, updated_at = $2
WHERE model_id = $1
