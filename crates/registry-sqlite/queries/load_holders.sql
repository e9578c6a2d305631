-- One row: a JSON list, the latest tag event first.
SELECT json_group_array(
    json_object(
        'model_id', models.model_id,
        'name', models.name,
        'version', models.version,
        'status', models.status,
        'promoted', held.promoted,
        'event_id', held.event_id
    )
    ORDER BY held.event_id DESC
) AS "records!: String"
FROM model_tags AS held
CROSS JOIN models ON models.model_id = held.model_id
WHERE held.tag_name = ?1
