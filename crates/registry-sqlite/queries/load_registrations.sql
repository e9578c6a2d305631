-- One row. Asked by JSON lists: names, pairs of name and version, ids of models, tags; answered by JSON lists, and by the
-- highest ids that were ever used, which SQLite keeps.
SELECT
    COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'models'), 0) AS "last_model_id!: i64",
    COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0) AS "last_event_id!: i64",
    (
        SELECT json_group_array(
            json_object(
                'name', line.value,
                'last_ordinal', COALESCE((SELECT last_ordinal FROM model_names WHERE name = line.value), 0),
                'highest_version', (
                    SELECT version FROM models WHERE name = line.value ORDER BY version_key DESC LIMIT 1
                )
            )
        )
        FROM json_each(?1) AS line
    ) AS "names!: String",
    (
        SELECT json_group_array(json_object('model_id', model_id, 'name', name, 'version', version))
        FROM jsonb_each(?2) AS line
        CROSS JOIN models ON models.name = line.value ->> 0 AND models.version = line.value ->> 1
    ) AS "versions!: String",
    (
        SELECT json_group_array(json_object('model_id', model_id, 'name', name, 'version', version))
        FROM json_each(?3) AS line
        CROSS JOIN models ON models.model_id = line.value
    ) AS "models!: String",
    (
        SELECT json_group_array(
            json_object(
                'tag', held.tag_name,
                'model_id', models.model_id,
                'name', models.name,
                'version', models.version,
                'status', models.status,
                'promoted', held.promoted,
                'event_id', held.event_id
            )
        )
        FROM json_each(?4) AS line
        CROSS JOIN model_tags AS held
            ON held.tag_name = line.value
            AND held.promoted = 1
            AND held.event_id = (
                SELECT MAX(event_id) FROM model_tags WHERE tag_name = line.value AND promoted = 1
            )
        CROSS JOIN models ON models.model_id = held.model_id
    ) AS "promoted!: String"
