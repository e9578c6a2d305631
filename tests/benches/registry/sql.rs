//! The statements that a competent user would write by hand for the same answers.

pub(crate) const BY_ID: &str = include_str!("../../../crates/registry-sqlite/queries/find_model_by_id.sql");
pub(crate) const BY_VERSION: &str =
    include_str!("../../../crates/registry-sqlite/queries/find_model_by_version.sql");
pub(crate) const BY_TAG: &str = include_str!("../../../crates/registry-sqlite/queries/find_model_by_tag.sql");
pub(crate) const INSERT_MODEL: &str =
    include_str!("../../../crates/registry-sqlite/queries/insert_model.sql");
pub(crate) const INSERT_EVENT: &str = "INSERT INTO events \
    (event_id, at, kind, actor, reason, model_id, name, version, tag, before, after, previous_event_id) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";

const BY_ONE_ID: &str = "FROM models\nWHERE models.model_id = ?1";

/// Three models by id.
pub(crate) fn by_three_ids() -> String {
    replaced(BY_ID, "FROM models\nWHERE models.model_id IN (?1, ?2, ?3)")
}

/// The ancestors, the oldest first, the model last.
pub(crate) fn ancestors() -> String {
    let line = "WITH RECURSIVE line (model_id, generation) AS (
        SELECT ?1, 0
        UNION ALL
        SELECT models.parent_model_id, line.generation - 1
        FROM line CROSS JOIN models ON models.model_id = line.model_id
        WHERE models.parent_model_id IS NOT NULL
    ) ";
    let joined = "FROM line CROSS JOIN models ON models.model_id = line.model_id ORDER BY line.generation";
    format!("{line}{}", replaced(BY_ID, joined))
}

fn replaced(statement: &str, with: &str) -> String {
    assert!(statement.contains(BY_ONE_ID), "the statement has changed");
    statement.replace(BY_ONE_ID, with)
}

const SUMMARY: &str = "SELECT models.model_id, models.name, models.version, models.ordinal, models.checkpoint_path, \
    models.task_type, models.config_hash, models.training_run_id, models.parent_model_id, models.created_at, \
    models.updated_at, models.created_by, models.metrics, models.model_size_mb, models.memory_req_gb, models.status, \
    (SELECT json_group_array(tag_name ORDER BY tag_name) FROM model_tags WHERE model_tags.model_id = models.model_id)";

/// The newest fifty, and one more to know whether there are more.
pub(crate) fn newest() -> String {
    format!("{SUMMARY} FROM models WHERE status = 'active' ORDER BY created_at DESC, model_id DESC LIMIT 51")
}

pub(crate) fn next_page() -> String {
    format!(
        "{SUMMARY} FROM models WHERE status = 'active' AND (created_at, model_id) < (?1, ?2) \
         ORDER BY created_at DESC, model_id DESC LIMIT 51"
    )
}

pub(crate) fn newest_with_tag() -> String {
    format!(
        "{SUMMARY} FROM model_tags AS held CROSS JOIN models ON models.model_id = held.model_id \
         WHERE held.tag_name = ?1 AND models.status = 'active' \
         ORDER BY held.model_created_at DESC, held.model_id DESC LIMIT 51"
    )
}

pub(crate) fn newest_with_metric() -> String {
    format!(
        "{SUMMARY} FROM models WHERE status = 'active' AND EXISTS (SELECT 1 FROM model_metrics AS metric \
         WHERE metric.model_id = models.model_id AND metric.name = ?1 AND metric.value <= ?2) \
         ORDER BY created_at DESC, models.model_id DESC LIMIT 51"
    )
}

pub(crate) fn best_by_metric() -> String {
    format!(
        "{SUMMARY} FROM model_metrics AS metric CROSS JOIN models ON models.model_id = metric.model_id \
         WHERE metric.name = ?1 AND models.status = 'active' ORDER BY metric.value, metric.model_id LIMIT 51"
    )
}

pub(crate) const BEFORE_REGISTER: &str = "SELECT \
    (SELECT seq FROM sqlite_sequence WHERE name = 'models') + 1, \
    (SELECT seq FROM sqlite_sequence WHERE name = 'events') + 1, \
    coalesce((SELECT last_ordinal FROM model_names WHERE name = ?1), 0) + 1, \
    EXISTS (SELECT 1 FROM models WHERE name = ?1 AND version = ?2)";
pub(crate) const SAVE_ORDINAL: &str = "INSERT INTO model_names (name, last_ordinal) VALUES (?1, ?2) \
    ON CONFLICT (name) DO UPDATE SET last_ordinal = excluded.last_ordinal";
pub(crate) const INSERT_METRICS: &str = "INSERT INTO model_metrics (model_id, name, value) VALUES \
    (?1, 'val_loss', ?2), (?1, 'perplexity', ?3), (?1, 'accuracy', ?4), (?1, 'f1', ?5), (?1, 'latency_ms', ?6)";
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
