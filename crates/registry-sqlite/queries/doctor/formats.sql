SELECT model_id AS "model_id!", export_format AS "export_format!"
FROM model_formats
WHERE model_id BETWEEN ?1 AND ?2
ORDER BY model_id
