SELECT * FROM original_models WHERE model_id BETWEEN ?1 AND ?2 ORDER BY model_id LIMIT 500
