-- What a search needs: an index for every field that it can ask for or sort by. Rows of model_metadata hold what of a
-- model's metadata can be searched; the program fills them for models that are there already, in the same transaction.

CREATE TABLE model_metadata (
    model_id INTEGER NOT NULL REFERENCES models (model_id) ON DELETE CASCADE,
    path TEXT NOT NULL,                     -- as a search prints it: .layers[0].size
    value ANY,                              -- REAL, TEXT, x'00' or x'01' for a boolean; NULL: it only exists
    PRIMARY KEY (model_id, path)
) STRICT, WITHOUT ROWID;

CREATE INDEX model_metadata_by_value ON model_metadata (path, value, model_id);

-- The formats declared at registration; those of exports stand in model_exports.
CREATE TABLE model_formats (
    model_id INTEGER NOT NULL REFERENCES models (model_id) ON DELETE CASCADE,
    export_format TEXT NOT NULL,
    PRIMARY KEY (model_id, export_format)
) STRICT, WITHOUT ROWID;

CREATE INDEX model_formats_by_format ON model_formats (export_format, model_id);
CREATE INDEX model_exports_by_format ON model_exports (export_format, model_id);

INSERT INTO model_formats (model_id, export_format)
SELECT DISTINCT models.model_id, format.value
FROM models
CROSS JOIN json_each(CASE WHEN json_valid(models.export_formats) THEN models.export_formats ELSE '[]' END) AS format
WHERE format.type = 'text';

-- The time of the model, which never changes, so that the newest models with a tag are read from one index.
ALTER TABLE model_tags ADD COLUMN model_created_at INTEGER NOT NULL DEFAULT 0;
UPDATE model_tags
SET model_created_at = (SELECT created_at FROM models WHERE models.model_id = model_tags.model_id);
CREATE INDEX model_tags_by_time ON model_tags (tag_name, model_created_at, model_id);

-- Every index ends with the id, as ties do. NULL is in them, so that what is missing can be read last.
DROP INDEX models_by_parent;
CREATE INDEX models_by_parent ON models (parent_model_id);
CREATE INDEX models_by_version ON models (version_key);
CREATE INDEX models_by_ordinal ON models (ordinal);
CREATE INDEX models_by_update ON models (updated_at);
CREATE INDEX models_by_size ON models (model_size_mb);
CREATE INDEX models_by_memory ON models (memory_req_gb);
CREATE INDEX models_by_training_run ON models (training_run_id);
CREATE INDEX models_by_path ON models (checkpoint_path);
CREATE INDEX models_by_actor ON models (created_by, created_at, model_id);
