SELECT * FROM original_model_exports WHERE model_id BETWEEN ?1 AND ?2 ORDER BY model_id, export_id
