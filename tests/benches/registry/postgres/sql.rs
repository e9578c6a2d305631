//! What writes, for PostgreSQL: as few statements as one would write without giving up that each says one thing.

/// The ordinal of the next version of a name, which nobody else registers meanwhile.
pub(crate) const NEXT_ORDINAL: &str = "INSERT INTO model_names (name, last_ordinal) VALUES ($1, 1) \
    ON CONFLICT (name) DO UPDATE SET last_ordinal = model_names.last_ordinal + 1 RETURNING last_ordinal";
pub(crate) const INSERT_LEAVES: &str = "INSERT INTO model_metadata (model_id, path, number, text) VALUES \
    ($1, '.framework', NULL, 'pytorch'), ($1, '.seed', 42.0, NULL), ($1, '.optimizer', NULL, NULL), \
    ($1, '.optimizer.name', NULL, 'adamw')";
/// The events of a registration.
pub(crate) const INSERT_EVENTS: &str = "INSERT INTO events \
    (event_id, at, kind, actor, model_id, name, version, tag, after) VALUES \
    (nextval('event_ids'), $1, 'registered', 'alice', $2, $3, $4, NULL, $5), \
    (nextval('event_ids'), $1, 'labelled', 'alice', $2, $3, $4, 'baseline', NULL), \
    (nextval('event_ids'), $1, 'labelled', 'alice', $2, $3, $4, 'candidate', NULL) RETURNING event_id";
pub(crate) const INSERT_LABELS: &str = "INSERT INTO model_tags \
    (model_id, tag_name, name, created_at, promoted, event_id, model_created_at) VALUES \
    ($1, 'baseline', $2, $3, FALSE, $4, $3), ($1, 'candidate', $2, $3, FALSE, $5, $3)";

pub(crate) const HOLDERS: &str = "SELECT model_tags.model_id, model_tags.name, models.version, models.status, \
    model_tags.promoted, model_tags.event_id FROM model_tags JOIN models ON models.model_id = model_tags.model_id \
    WHERE model_tags.tag_name = $1 ORDER BY model_tags.event_id DESC FOR UPDATE";
pub(crate) const INSERT_EVENT: &str = "INSERT INTO events \
    (event_id, at, kind, actor, model_id, name, version, tag) \
    VALUES (nextval('event_ids'), $1, $2, 'alice', $3, $4, $5, $6) RETURNING event_id";
pub(crate) const TAKE_TAG: &str = "DELETE FROM model_tags WHERE model_id = $1 AND tag_name = $2";
pub(crate) const GIVE_TAG: &str = "INSERT INTO model_tags \
    (model_id, tag_name, name, created_at, promoted, event_id, model_created_at) \
    SELECT $1, $2, name, $3, TRUE, $4, created_at FROM models WHERE model_id = $1 \
    ON CONFLICT (model_id, tag_name) DO UPDATE SET event_id = excluded.event_id, created_at = excluded.created_at";
