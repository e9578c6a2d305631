SELECT * FROM original_model_tags WHERE model_id BETWEEN ?1 AND ?2 ORDER BY model_id, tag_id
