SELECT tag_name AS "tag_name!", name AS "name!"
FROM model_tags
WHERE model_id = $1
