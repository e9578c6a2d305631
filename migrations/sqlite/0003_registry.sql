-- Times are microseconds since 1970, UTC. JSON is text. Ids are never used again (AUTOINCREMENT).

-- Ordinals count within a name and outlive deleted models.
CREATE TABLE model_names (
    name TEXT NOT NULL PRIMARY KEY,
    last_ordinal INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE models (
    model_id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    version_key BLOB NOT NULL,              -- sorts as SemVer does
    ordinal INTEGER NOT NULL,
    checkpoint_path TEXT NOT NULL,          -- as typed
    checkpoint_absolute TEXT,
    size_bytes INTEGER,                     -- measured; NULL when the checkpoint lies elsewhere
    task_type TEXT NOT NULL,
    config_hash TEXT NOT NULL,
    training_run_id INTEGER,
    parent_model_id INTEGER REFERENCES models (model_id),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    metrics TEXT NOT NULL,                  -- object of numbers, order kept; the same as rows in model_metrics
    export_formats TEXT NOT NULL,           -- list of the formats declared at registration
    model_size_mb REAL,
    memory_req_gb REAL,
    metadata TEXT NOT NULL,
    notes TEXT,
    status TEXT NOT NULL,
    UNIQUE (name, version),
    UNIQUE (name, ordinal)
) STRICT;

CREATE INDEX models_by_name ON models (name, version_key);
CREATE INDEX models_by_time ON models (created_at, model_id);
CREATE INDEX models_by_status ON models (status, created_at, model_id);
CREATE INDEX models_by_task_type ON models (task_type, status, created_at, model_id);
CREATE INDEX models_by_config_hash ON models (config_hash, created_at, model_id);
CREATE INDEX models_by_parent ON models (parent_model_id) WHERE parent_model_id IS NOT NULL;

CREATE TABLE model_metrics (
    model_id INTEGER NOT NULL REFERENCES models (model_id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    value REAL NOT NULL,
    PRIMARY KEY (model_id, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX model_metrics_by_value ON model_metrics (name, value, model_id);

CREATE TABLE model_exports (
    model_id INTEGER NOT NULL REFERENCES models (model_id) ON DELETE CASCADE,
    export_format TEXT NOT NULL,
    export_path TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    metadata TEXT NOT NULL,
    PRIMARY KEY (model_id, export_format, export_path)
) STRICT, WITHOUT ROWID;

-- The history. It names models by value, so that it outlives them.
CREATE TABLE events (
    event_id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT,
    model_id INTEGER,
    name TEXT,
    version TEXT,
    tag TEXT,
    before TEXT,                            -- JSON
    after TEXT,                             -- JSON
    previous_event_id INTEGER REFERENCES events (event_id)
) STRICT;

CREATE INDEX events_by_model ON events (model_id, event_id) WHERE model_id IS NOT NULL;
CREATE INDEX events_by_name ON events (name, event_id) WHERE name IS NOT NULL;
CREATE INDEX events_by_tag ON events (tag, event_id) WHERE tag IS NOT NULL;

CREATE TABLE model_tags (
    model_id INTEGER NOT NULL REFERENCES models (model_id) ON DELETE CASCADE,
    tag_name TEXT NOT NULL,
    name TEXT NOT NULL,                     -- the model's name, which never changes
    created_at INTEGER NOT NULL,
    promoted INTEGER NOT NULL,              -- 1: by promotion or rollback; 0: a label
    event_id INTEGER NOT NULL REFERENCES events (event_id),
    PRIMARY KEY (model_id, tag_name)
) STRICT, WITHOUT ROWID;

CREATE INDEX model_tags_promoted ON model_tags (tag_name, event_id) WHERE promoted = 1;
CREATE INDEX model_tags_by_tag ON model_tags (tag_name, event_id);
CREATE INDEX model_tags_by_tag_and_name ON model_tags (tag_name, name, event_id);

CREATE TABLE settings (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
