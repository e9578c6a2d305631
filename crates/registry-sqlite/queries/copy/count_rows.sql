SELECT
    (SELECT COUNT(*) FROM models) AS "models!: i64",
    (SELECT COUNT(*) FROM events) AS "events!: i64",
    (SELECT COUNT(*) FROM model_names) AS "names!: i64",
    (SELECT COUNT(*) FROM settings) AS "settings!: i64"
