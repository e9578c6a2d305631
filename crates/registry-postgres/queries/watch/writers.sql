-- The transactions that have taken, or looked at, numbers of events: both lock the sequence until they end, and are
-- seen to have ended only after what they wrote can be seen.
SELECT DISTINCT virtualtransaction AS "writer!"
FROM pg_locks
WHERE
    locktype = 'relation'
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND relation = 'event_ids'::regclass
    AND mode = 'RowExclusiveLock'
    AND granted
    AND pid IS DISTINCT FROM pg_backend_pid()
