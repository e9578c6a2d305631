-- Of a large table PostgreSQL reads all of it.
SELECT
    (SELECT COUNT(*) FROM models) AS "models!",
    (SELECT COUNT(*) FROM events) AS "events!",
    (SELECT COUNT(*) FROM model_names) AS "names!",
    (SELECT COUNT(*) FROM settings) AS "settings!"
