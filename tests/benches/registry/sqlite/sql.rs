//! What writes, for SQLite.

pub(crate) use crate::sql::{INSERT_METRICS, INSERT_MODEL};

pub(crate) const INSERT_EVENT: &str = "INSERT INTO events \
    (event_id, at, kind, actor, reason, model_id, name, version, tag, before, after, previous_event_id) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";

pub(crate) const BEFORE_REGISTER: &str = "SELECT \
    (SELECT seq FROM sqlite_sequence WHERE name = 'models') + 1, \
    (SELECT seq FROM sqlite_sequence WHERE name = 'events') + 1, \
    coalesce((SELECT last_ordinal FROM model_names WHERE name = ?1), 0) + 1, \
    EXISTS (SELECT 1 FROM models WHERE name = ?1 AND version = ?2)";
pub(crate) const SAVE_ORDINAL: &str = "INSERT INTO model_names (name, last_ordinal) VALUES (?1, ?2) \
    ON CONFLICT (name) DO UPDATE SET last_ordinal = excluded.last_ordinal";
pub(crate) const INSERT_LEAVES: &str = "INSERT INTO model_metadata (model_id, path, value) VALUES \
    (?1, '.framework', 'pytorch'), (?1, '.seed', 42.0), (?1, '.optimizer', NULL), (?1, '.optimizer.name', 'adamw')";
pub(crate) const INSERT_LABELS: &str = "INSERT INTO model_tags \
    (model_id, tag_name, name, created_at, promoted, event_id, model_created_at) VALUES \
    (?1, 'baseline', ?2, ?3, 0, ?4, ?3), (?1, 'candidate', ?2, ?3, 0, ?5, ?3)";

pub(crate) const HOLDERS: &str = "SELECT model_tags.model_id, model_tags.name, models.version, models.status, \
    model_tags.promoted, model_tags.event_id FROM model_tags CROSS JOIN models ON models.model_id = model_tags.model_id \
    WHERE model_tags.tag_name = ?1 ORDER BY model_tags.event_id DESC";
pub(crate) const NEXT_EVENT: &str = "SELECT seq + 1 FROM sqlite_sequence WHERE name = 'events'";
pub(crate) const TAKE_TAG: &str = "DELETE FROM model_tags WHERE model_id = ?1 AND tag_name = ?2";
pub(crate) const GIVE_TAG: &str = "INSERT INTO model_tags \
    (model_id, tag_name, name, created_at, promoted, event_id, model_created_at) \
    SELECT ?1, ?2, name, ?3, 1, ?4, created_at FROM models WHERE model_id = ?1 \
    ON CONFLICT (model_id, tag_name) DO UPDATE SET event_id = excluded.event_id, created_at = excluded.created_at";
