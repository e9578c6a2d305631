-- One row: a JSON list, the latest tag event first.
SELECT json_group_array(
    json_object(
        'model_id', model_id,
        'name', name,
        'version', version,
        'status', status,
        'promoted', promoted,
        'event_id', event_id
    )
    ORDER BY event_id DESC
) AS "records!: String"
FROM (
    SELECT models.model_id, models.name, models.version, models.status, held.promoted, held.event_id
    FROM model_tags AS held
    CROSS JOIN models ON models.model_id = held.model_id
    WHERE held.tag_name = ?1 AND models.status = ?2
    ORDER BY held.event_id DESC
    LIMIT +?3
)
