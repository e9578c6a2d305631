-- Has ids of a table go on after this one. A table of which no row was ever written has no row here yet.
INSERT INTO sqlite_sequence (name, seq)
SELECT ?1, ?2
WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?1)
