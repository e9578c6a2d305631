-- The original's tables step aside under other names. What they hold is adopted, row by row and mended, by the
-- program in the same transaction, which then drops them; in a new registry they are empty.
DROP INDEX IF EXISTS idx_models_task_type;
DROP INDEX IF EXISTS idx_models_status;
DROP INDEX IF EXISTS idx_models_config_hash;
DROP INDEX IF EXISTS idx_model_tags_tag_name;
ALTER TABLE models RENAME TO original_models;
ALTER TABLE model_tags RENAME TO original_model_tags;
ALTER TABLE model_exports RENAME TO original_model_exports;
