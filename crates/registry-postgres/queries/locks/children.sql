SELECT FROM models WHERE parent_model_id = $1 ORDER BY model_id FOR NO KEY UPDATE
