-- SQLite keeps the highest id that was ever used.
SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0) AS "last!: i64"
