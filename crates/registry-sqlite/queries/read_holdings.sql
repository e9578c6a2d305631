SELECT
    model_id AS "model_id!",
    tag_name AS "tag!",
    created_at AS "since!",
    promoted AS "promoted!",
    event_id AS "event_id!"
FROM model_tags
WHERE model_id > ?1 AND model_id <= ?2
ORDER BY model_id, tag_name
