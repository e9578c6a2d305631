DELETE FROM model_metadata
WHERE model_id = $1
