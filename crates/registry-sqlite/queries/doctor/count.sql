SELECT
    (SELECT COUNT(*) FROM models) AS "models!: i64",
    (SELECT COUNT(*) FROM events) AS "events!: i64"
