-- Always one row, for a new name too.
SELECT
    COALESCE((SELECT last_ordinal FROM model_names WHERE name = $1), 0) AS "last_ordinal!",
    (SELECT version FROM models WHERE name = $1 ORDER BY version_key DESC LIMIT 1) AS "highest_version?"
