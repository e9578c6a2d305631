DELETE FROM model_formats
WHERE model_id = $1
