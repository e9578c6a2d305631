-- Unlike `SELECT last_value` this locks the sequence as taking a number does, before it looks: who reads the events in
-- their order sees by that lock who may still write one (`watch/writers.sql`).
SELECT pg_sequence_last_value('event_ids'::regclass) AS "last?"
