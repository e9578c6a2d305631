-- Times are microseconds since 1970, UTC. JSON is text, kept as it was written. Text is compared by its bytes, whatever
-- the locale of the database. Ids come from sequences and are never used again.

CREATE SEQUENCE model_ids AS BIGINT;
CREATE SEQUENCE event_ids AS BIGINT;

-- Ordinals count within a name and outlive deleted models.
CREATE TABLE model_names (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    last_ordinal BIGINT NOT NULL
);

CREATE TABLE models (
    model_id BIGINT NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    version TEXT COLLATE "C" NOT NULL,
    version_key BYTEA NOT NULL,             -- sorts as SemVer does
    ordinal BIGINT NOT NULL,
    checkpoint_path TEXT COLLATE "C" NOT NULL,  -- as typed
    checkpoint_absolute TEXT COLLATE "C",
    size_bytes BIGINT,                      -- measured; NULL when the checkpoint lies elsewhere
    task_type TEXT COLLATE "C" NOT NULL,
    config_hash TEXT COLLATE "C" NOT NULL,
    training_run_id BIGINT,
    parent_model_id BIGINT REFERENCES models (model_id),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    metrics TEXT NOT NULL,                  -- object of numbers, order kept; the same as rows in model_metrics
    export_formats TEXT NOT NULL,           -- list of the formats declared at registration
    model_size_mb DOUBLE PRECISION,
    memory_req_gb DOUBLE PRECISION,
    metadata TEXT NOT NULL,
    notes TEXT COLLATE "C",
    status TEXT COLLATE "C" NOT NULL,
    UNIQUE (name, version),
    UNIQUE (name, ordinal)
);

-- Every index ends with the id, as ties do. NULL is in them, so that what is missing can be read last.
CREATE INDEX models_by_name ON models (name, version_key, model_id);
CREATE INDEX models_by_time ON models (created_at, model_id);
CREATE INDEX models_by_status ON models (status, created_at, model_id);
CREATE INDEX models_by_task_type ON models (task_type, status, created_at, model_id);
CREATE INDEX models_by_config_hash ON models (config_hash, created_at, model_id);
CREATE INDEX models_by_actor ON models (created_by, created_at, model_id);
CREATE INDEX models_by_parent ON models (parent_model_id, model_id);
CREATE INDEX models_by_version ON models (version_key, model_id);
CREATE INDEX models_by_ordinal ON models (ordinal, model_id);
CREATE INDEX models_by_update ON models (updated_at, model_id);
CREATE INDEX models_by_size ON models (model_size_mb, model_id);
CREATE INDEX models_by_memory ON models (memory_req_gb, model_id);
CREATE INDEX models_by_training_run ON models (training_run_id, model_id);
-- An entry of an index holds at most 2,704 bytes, a path 4,096.
CREATE INDEX models_by_path ON models (left(checkpoint_path, 512), model_id);

CREATE TABLE model_metrics (
    model_id BIGINT NOT NULL REFERENCES models (model_id) ON DELETE CASCADE,
    name TEXT COLLATE "C" NOT NULL,
    value DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (model_id, name)
);

CREATE INDEX model_metrics_by_value ON model_metrics (name, value, model_id);

-- What of a model's metadata can be searched: at most one of the three values; none: it only exists.
CREATE TABLE model_metadata (
    model_id BIGINT NOT NULL REFERENCES models (model_id) ON DELETE CASCADE,
    path TEXT COLLATE "C" NOT NULL,         -- as a search prints it: .layers[0].size
    number DOUBLE PRECISION,
    text TEXT COLLATE "C",
    boolean BOOLEAN,
    PRIMARY KEY (model_id, path)
);

CREATE INDEX model_metadata_by_path ON model_metadata (path, model_id);
CREATE INDEX model_metadata_by_number ON model_metadata (path, number, model_id) WHERE number IS NOT NULL;
CREATE INDEX model_metadata_by_text ON model_metadata (path, text, model_id) WHERE text IS NOT NULL;
CREATE INDEX model_metadata_by_boolean ON model_metadata (path, boolean, model_id) WHERE boolean IS NOT NULL;

-- The formats declared at registration; those of exports stand in model_exports.
CREATE TABLE model_formats (
    model_id BIGINT NOT NULL REFERENCES models (model_id) ON DELETE CASCADE,
    export_format TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (model_id, export_format)
);

CREATE INDEX model_formats_by_format ON model_formats (export_format, model_id);

CREATE TABLE model_exports (
    model_id BIGINT NOT NULL REFERENCES models (model_id) ON DELETE CASCADE,
    export_format TEXT COLLATE "C" NOT NULL,
    export_path TEXT COLLATE "C" NOT NULL,
    path_sha256 BYTEA NOT NULL,             -- stands for the path, which can be too long for an index
    created_at BIGINT NOT NULL,
    metadata TEXT NOT NULL,
    PRIMARY KEY (model_id, export_format, path_sha256)
);

CREATE INDEX model_exports_by_format ON model_exports (export_format, model_id);

-- The history. It names models by value, so that it outlives them. Numbers are taken before a transaction commits: of
-- two that run side by side the one with the higher numbers may be seen first.
CREATE TABLE events (
    event_id BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C",
    model_id BIGINT,
    name TEXT COLLATE "C",
    version TEXT COLLATE "C",
    tag TEXT COLLATE "C",
    before TEXT,                            -- JSON
    after TEXT,                             -- JSON
    previous_event_id BIGINT REFERENCES events (event_id)
);

CREATE INDEX events_by_model ON events (model_id, event_id) WHERE model_id IS NOT NULL;
CREATE INDEX events_by_name ON events (name, event_id) WHERE name IS NOT NULL;
CREATE INDEX events_by_tag ON events (tag, event_id) WHERE tag IS NOT NULL;

CREATE TABLE model_tags (
    model_id BIGINT NOT NULL REFERENCES models (model_id) ON DELETE CASCADE,
    tag_name TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,         -- the model's name, which never changes
    created_at BIGINT NOT NULL,
    promoted BOOLEAN NOT NULL,              -- by promotion or rollback; else a label
    event_id BIGINT NOT NULL REFERENCES events (event_id),
    model_created_at BIGINT NOT NULL,       -- of the model; never changes
    PRIMARY KEY (model_id, tag_name)
);

CREATE INDEX model_tags_promoted ON model_tags (tag_name, event_id) WHERE promoted;
CREATE INDEX model_tags_by_tag ON model_tags (tag_name, event_id);
CREATE INDEX model_tags_by_tag_and_name ON model_tags (tag_name, name, event_id);
CREATE INDEX model_tags_by_time ON model_tags (tag_name, model_created_at, model_id);

CREATE TABLE settings (
    key TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);
