-- SQLite keeps the highest id that was ever used, deleted rows included.
SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'models'), 0) + 1 AS "next!: i64"
