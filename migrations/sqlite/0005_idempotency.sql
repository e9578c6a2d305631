-- What was answered to a write under a key, so that the same request with the same key is answered alike. A key belongs
-- to its actor. Rows older than seven days are removed by later writes with keys.

CREATE TABLE idempotency_keys (
    actor TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,              -- SHA-256 of the request
    answer TEXT NOT NULL,                   -- JSON
    at INTEGER NOT NULL,
    PRIMARY KEY (actor, key)
) STRICT;

CREATE INDEX idempotency_keys_by_time ON idempotency_keys (at);
