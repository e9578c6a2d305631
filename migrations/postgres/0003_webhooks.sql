-- Webhooks: addresses that are told of events. The events are the outbox; `webhook_state` says how far deliveries were
-- made of them. A release that doesn't know these tables goes on without them; what it writes is told by one that does.

CREATE TABLE webhooks (
    webhook_id BIGINT NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    url TEXT COLLATE "C" NOT NULL,
    filter TEXT NOT NULL,                   -- JSON
    enabled BOOLEAN NOT NULL,
    secret TEXT COLLATE "C" NOT NULL,       -- as it is: every message is signed with it
    old_secret TEXT COLLATE "C",
    old_secret_until BIGINT,
    after_event_id BIGINT NOT NULL,         -- it is told of later events only
    created_at BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT COLLATE "C" NOT NULL
);

-- One row. Whoever writes about webhooks locks it first.
CREATE TABLE webhook_state (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    cursor_event_id BIGINT NOT NULL,        -- the last event that deliveries were made of
    last_webhook_id BIGINT NOT NULL,        -- ids are never used again
    last_delivery_id BIGINT NOT NULL,
    lease_holder TEXT COLLATE "C",          -- who sends
    lease_until BIGINT
);

INSERT INTO webhook_state (id, cursor_event_id, last_webhook_id, last_delivery_id) VALUES (1, 0, 0, 0);

-- Of one line (what one webhook is told of one model) only the first unfinished delivery has a time for its next attempt.
CREATE TABLE webhook_deliveries (
    delivery_id BIGINT NOT NULL PRIMARY KEY,
    webhook_id BIGINT NOT NULL REFERENCES webhooks (webhook_id) ON DELETE CASCADE,
    line BIGINT NOT NULL,                   -- the model's id; 0: no model; -1: a test
    event_id BIGINT,                        -- NULL: a test
    status TEXT COLLATE "C" NOT NULL,
    attempts BIGINT NOT NULL,
    failures BIGINT NOT NULL,               -- since it was made or replayed
    next_attempt_at BIGINT,
    last_status BIGINT,
    last_error TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    finished_at BIGINT,                     -- NULL: it waits
    UNIQUE (webhook_id, event_id)
);

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
    delivery_id BIGINT NOT NULL REFERENCES webhook_deliveries (delivery_id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    duration BIGINT NOT NULL,               -- microseconds
    status BIGINT,
    error TEXT COLLATE "C",
    PRIMARY KEY (delivery_id, number)
);
