DELETE FROM model_tags
WHERE model_id = $1 AND tag_name = $2
