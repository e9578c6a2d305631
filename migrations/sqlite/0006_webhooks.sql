-- Webhooks: addresses that are told of events. The events are the outbox; `webhook_state` says how far deliveries were
-- made of them. A release that doesn't know these tables goes on without them; what it writes is told by one that does.

CREATE TABLE webhooks (
    webhook_id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    filter TEXT NOT NULL,                   -- JSON
    enabled INTEGER NOT NULL,
    secret TEXT NOT NULL,                   -- as it is: every message is signed with it
    old_secret TEXT,
    old_secret_until INTEGER,
    after_event_id INTEGER NOT NULL,        -- it is told of later events only
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL
) STRICT;

-- One row. Whoever writes about webhooks locks it first.
CREATE TABLE webhook_state (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    cursor_event_id INTEGER NOT NULL,       -- the last event that deliveries were made of
    last_webhook_id INTEGER NOT NULL,       -- ids are never used again
    last_delivery_id INTEGER NOT NULL,
    lease_holder TEXT,                      -- who sends
    lease_until INTEGER
) STRICT;

INSERT INTO webhook_state (id, cursor_event_id, last_webhook_id, last_delivery_id) VALUES (1, 0, 0, 0);

-- Of one line (what one webhook is told of one model) only the first unfinished delivery has a time for its next attempt.
CREATE TABLE webhook_deliveries (
    delivery_id INTEGER NOT NULL PRIMARY KEY,
    webhook_id INTEGER NOT NULL REFERENCES webhooks (webhook_id) ON DELETE CASCADE,
    line INTEGER NOT NULL,                  -- the model's id; 0: no model; -1: a test
    event_id INTEGER,                       -- NULL: a test
    status TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    failures INTEGER NOT NULL,              -- since it was made or replayed
    next_attempt_at INTEGER,
    last_status INTEGER,
    last_error TEXT,
    created_at INTEGER NOT NULL,
    finished_at INTEGER,                    -- NULL: it waits
    UNIQUE (webhook_id, event_id)
) STRICT;

CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries (webhook_id, delivery_id);
CREATE INDEX webhook_deliveries_by_status ON webhook_deliveries (status, delivery_id);
CREATE INDEX webhook_deliveries_by_webhook_and_status ON webhook_deliveries (webhook_id, status, delivery_id);
CREATE INDEX webhook_deliveries_by_time ON webhook_deliveries (webhook_id, created_at, delivery_id);
CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (webhook_id, line, delivery_id) WHERE finished_at IS NULL;
CREATE INDEX webhook_deliveries_oldest ON webhook_deliveries (created_at) WHERE finished_at IS NULL;
CREATE INDEX webhook_deliveries_finished ON webhook_deliveries (finished_at, delivery_id) WHERE finished_at IS NOT NULL;
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook_id, next_attempt_at, delivery_id)
    WHERE next_attempt_at IS NOT NULL;
CREATE UNIQUE INDEX webhook_deliveries_first ON webhook_deliveries (webhook_id, line) WHERE next_attempt_at IS NOT NULL;

CREATE TABLE webhook_attempts (
    delivery_id INTEGER NOT NULL REFERENCES webhook_deliveries (delivery_id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    duration INTEGER NOT NULL,              -- microseconds
    status INTEGER,
    error TEXT,
    PRIMARY KEY (delivery_id, number)
) STRICT, WITHOUT ROWID;
