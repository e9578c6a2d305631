INSERT INTO model_tags (
    model_id,
    tag_name,
    name,
    created_at,
    promoted,
    event_id,
    model_created_at
)
SELECT $1, $2::text, $3::text, $4::bigint, $5::boolean, $6::bigint, models.created_at
FROM models
WHERE models.model_id = $1
ON CONFLICT (model_id, tag_name) DO UPDATE SET
    created_at = excluded.created_at,
    promoted = excluded.promoted,
    event_id = excluded.event_id
