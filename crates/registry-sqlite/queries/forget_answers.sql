-- What is too old under the key itself, and a few others that are.
DELETE FROM idempotency_keys
WHERE rowid IN (
    SELECT rowid FROM (SELECT rowid FROM idempotency_keys WHERE at < ?1 ORDER BY at LIMIT 8)
    UNION ALL
    SELECT rowid FROM idempotency_keys WHERE actor = ?2 AND key = ?3 AND at < ?1
)
