SELECT
    COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'models'), 0) AS "model!: i64",
    COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0) AS "event!: i64"
