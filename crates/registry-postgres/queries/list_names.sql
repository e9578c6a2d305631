-- One row: a JSON list of the names that have models, with the highest version of each.
SELECT COALESCE(
    json_agg(
        json_build_object(
            'versions', (
                SELECT count(*)
                FROM (SELECT FROM models AS counted WHERE counted.name = page.name LIMIT $3) AS counted
            ),
            'model_id', highest.model_id,
            'name', highest.name,
            'version', highest.version,
            'created_at', highest.created_at
        )
        ORDER BY page.name
    ),
    '[]'
)::text AS "records!: String"
FROM (
    SELECT model_names.name
    FROM model_names
    WHERE
        model_names.name > $1
        AND EXISTS (SELECT FROM models WHERE models.name = model_names.name OFFSET 0)
    ORDER BY model_names.name
    LIMIT $2
) AS page
CROSS JOIN LATERAL (
    SELECT models.model_id, models.name, models.version, models.created_at
    FROM models
    WHERE models.name = page.name
    ORDER BY models.name DESC, models.version_key DESC
    LIMIT 1
) AS highest
