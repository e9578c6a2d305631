-- The settings as they are, and the tag by the scope that they say: within the name of a model, or whoever holds it.
-- Who waited for the settings may have read what they were before: that has to be read again.
WITH settled AS MATERIALIZED (
    SELECT
        pg_advisory_xact_lock_shared(hashtextextended(concat_ws(E'\n', current_schema(), 'settings'), 0)) AS held,
        COALESCE((SELECT settings.value FROM settings WHERE settings.key = $3::text), $4::text) = $5::text AS by_name,
        (
            SELECT json_agg(json_build_object('key', key, 'value', value) ORDER BY key COLLATE "C")::text
            FROM settings
        ) AS settings
)
SELECT
    COALESCE(settled.settings, '[]') AS "settings!",
    CASE
        WHEN settled.by_name
        THEN pg_advisory_xact_lock_shared(hashtextextended(concat_ws(E'\n', current_schema(), 'tag', $1::text), 0))
        ELSE pg_advisory_xact_lock(hashtextextended(concat_ws(E'\n', current_schema(), 'tag', $1::text), 0))
    END AS "tag?: ()",
    CASE
        WHEN settled.by_name AND models.name IS NOT NULL
        THEN pg_advisory_xact_lock(
            hashtextextended(concat_ws(E'\n', current_schema(), 'tag', $1::text, models.name), 0)
        )
    END AS "tag_of_name?: ()"
FROM settled
LEFT JOIN models ON models.model_id = $2
