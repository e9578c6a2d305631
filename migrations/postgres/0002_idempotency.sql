-- What was answered to a write under a key, so that the same request with the same key is answered alike. A key belongs
-- to its actor. Rows older than seven days are removed by later writes with keys. A release that doesn't know the table
-- goes on without it.

CREATE TABLE idempotency_keys (
    actor TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    fingerprint TEXT COLLATE "C" NOT NULL,  -- SHA-256 of the request
    answer TEXT NOT NULL,                   -- JSON
    at BIGINT NOT NULL,
    PRIMARY KEY (actor, key)
);

CREATE INDEX idempotency_keys_by_time ON idempotency_keys (at);
