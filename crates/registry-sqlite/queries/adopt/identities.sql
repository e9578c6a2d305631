SELECT model_id, name, version, parent_model_id FROM original_models
