INSERT INTO events (
    event_id,
    at,
    kind,
    actor,
    reason,
    model_id,
    name,
    version,
    tag,
    before,
    after,
    previous_event_id
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
