SELECT fingerprint, answer, at
FROM idempotency_keys
WHERE actor = $1 AND key = $2 AND at >= $3
