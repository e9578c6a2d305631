-- One row: a JSON list of the names that have models, with the highest version of each.
SELECT json_group_array(
    json_object(
        'versions', (
            SELECT count(*)
            FROM (SELECT 1 FROM models INDEXED BY models_by_name WHERE models.name = page.name LIMIT +?3)
        ),
        'model_id', models.model_id,
        'name', models.name,
        'version', models.version,
        'created_at', models.created_at
    )
) AS "records!: String"
FROM (
    SELECT
        model_names.name,
        (
            SELECT highest.model_id
            FROM models AS highest INDEXED BY models_by_name
            WHERE highest.name = model_names.name
            ORDER BY highest.version_key DESC
            LIMIT 1
        ) AS highest
    FROM model_names
    WHERE
        model_names.name > ?1
        AND EXISTS (SELECT 1 FROM models INDEXED BY models_by_name WHERE models.name = model_names.name)
    ORDER BY model_names.name
    LIMIT +?2
) AS page
CROSS JOIN models ON models.model_id = page.highest
