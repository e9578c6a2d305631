-- What is too old under the key itself, and a few others that are; not those that others remove at this moment.
DELETE FROM idempotency_keys
WHERE ctid = ANY (ARRAY(
    SELECT old.ctid FROM (
        SELECT ctid FROM idempotency_keys WHERE at < $1 ORDER BY at LIMIT 8 FOR UPDATE SKIP LOCKED
    ) AS old
    UNION ALL
    SELECT ctid FROM idempotency_keys WHERE actor = $2 AND key = $3 AND at < $1
))
