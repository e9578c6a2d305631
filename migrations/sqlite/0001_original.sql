-- The schema of the original Python registry, so that its files are at this version once they are recorded.
CREATE TABLE models (
    model_id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    checkpoint_path TEXT NOT NULL,
    task_type TEXT NOT NULL,
    config_hash TEXT NOT NULL,
    training_run_id INTEGER,
    parent_model_id INTEGER,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    metrics TEXT,
    export_formats TEXT,
    model_size_mb REAL,
    memory_req_gb REAL,
    metadata TEXT,
    status TEXT DEFAULT 'active',
    UNIQUE (name, version),
    FOREIGN KEY (parent_model_id) REFERENCES models (model_id) ON DELETE SET NULL
);

CREATE TABLE model_tags (
    tag_id INTEGER PRIMARY KEY AUTOINCREMENT,
    model_id INTEGER NOT NULL,
    tag_name TEXT NOT NULL,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (model_id, tag_name),
    FOREIGN KEY (model_id) REFERENCES models (model_id) ON DELETE CASCADE
);

CREATE TABLE model_exports (
    export_id INTEGER PRIMARY KEY AUTOINCREMENT,
    model_id INTEGER NOT NULL,
    export_format TEXT NOT NULL,
    export_path TEXT NOT NULL,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    metadata TEXT,
    FOREIGN KEY (model_id) REFERENCES models (model_id) ON DELETE CASCADE
);

CREATE INDEX idx_models_task_type ON models (task_type);
CREATE INDEX idx_models_status ON models (status);
CREATE INDEX idx_models_config_hash ON models (config_hash);
CREATE INDEX idx_model_tags_tag_name ON model_tags (tag_name);
