UPDATE sqlite_sequence
SET seq = MAX(seq, ?2)
WHERE name = ?1
