SELECT *
FROM original_model_exports AS exports
WHERE NOT EXISTS (SELECT 1 FROM original_models AS models WHERE models.model_id = exports.model_id)
ORDER BY export_id
