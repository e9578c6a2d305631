INSERT INTO idempotency_keys (actor, key, fingerprint, answer, at)
VALUES ($1, $2, $3, $4, $5)
