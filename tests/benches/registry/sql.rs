//! The statements that a competent user would write by hand for the same answers. They stand once, as SQLite takes
//! them; what PostgreSQL wants otherwise is replaced.

use crate::contestant::Kind;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

/// What is only read, each text for the whole run.
pub(crate) struct Reads {
    pub(crate) by_id: &'static str,
    pub(crate) by_version: &'static str,
    pub(crate) by_tag: &'static str,
    pub(crate) by_three_ids: &'static str,
    pub(crate) ancestors: &'static str,
    newest: &'static str,
    behind: &'static str,
    with_tag: &'static str,
    with_metric: &'static str,
    best: &'static str,
}

impl Reads {
    pub(crate) fn of(dialect: Dialect) -> Self {
        macro_rules! files {
            ($backend:literal) => {
                [
                    include_str!(concat!(
                        "../../../crates/registry-",
                        $backend,
                        "/queries/find_model_by_id.sql"
                    )),
                    include_str!(concat!(
                        "../../../crates/registry-",
                        $backend,
                        "/queries/find_model_by_version.sql"
                    )),
                    include_str!(concat!(
                        "../../../crates/registry-",
                        $backend,
                        "/queries/find_model_by_tag.sql"
                    )),
                ]
            };
        }
        let [by_id, by_version, by_tag] = match dialect {
            Dialect::Sqlite => files!("sqlite"),
            Dialect::Postgres => files!("postgres"),
        };
        let text = |text: &str| dialect.text(text);
        let from = |from: &str| {
            let one = text("FROM models\nWHERE models.model_id = ?1");
            assert!(by_id.contains(one), "the statement has changed");
            by_id.replace(one, text(from))
        };
        let ancestors = format!("{LINE}{}", from(OF_LINE));
        Self {
            by_id,
            by_version,
            by_tag,
            by_three_ids: text(&from("FROM models\nWHERE models.model_id IN (?1, ?2, ?3)")),
            ancestors: text(&ancestors),
            newest: text(&format!("{SUMMARY} {NEWEST}")),
            behind: text(&format!("{SUMMARY} {BEHIND}")),
            with_tag: text(&format!("{SUMMARY} {WITH_TAG}")),
            with_metric: text(&format!("{SUMMARY} {WITH_METRIC}")),
            best: text(&format!("{SUMMARY} {BEST}")),
        }
    }

    pub(crate) fn list(&self, kind: Kind) -> &'static str {
        match kind {
            Kind::Newest => self.newest,
            Kind::Behind(..) => self.behind,
            Kind::WithTag(_) => self.with_tag,
            Kind::WithMetric(..) => self.with_metric,
            Kind::Best(_) => self.best,
        }
    }
}

impl Dialect {
    /// A statement for the whole run.
    pub(crate) fn text(self, text: &str) -> &'static str {
        let text = match self {
            Self::Sqlite => text.to_owned(),
            Self::Postgres => text.replace('?', "$").replace("CROSS JOIN", "JOIN").replace(
                "json_group_array(tag_name ORDER BY tag_name)",
                "coalesce(json_agg(tag_name ORDER BY tag_name), '[]')::text",
            ),
        };
        Box::leak(text.into_boxed_str())
    }
}

const LINE: &str = "WITH RECURSIVE line (model_id, generation) AS (
        SELECT models.model_id, 0 FROM models WHERE models.model_id = ?1
        UNION ALL
        SELECT models.parent_model_id, line.generation - 1
        FROM line CROSS JOIN models ON models.model_id = line.model_id
        WHERE models.parent_model_id IS NOT NULL
    ) ";
const OF_LINE: &str =
    "FROM line CROSS JOIN models ON models.model_id = line.model_id ORDER BY line.generation";

const SUMMARY: &str = "SELECT models.model_id, models.name, models.version, models.ordinal, models.checkpoint_path, \
    models.task_type, models.config_hash, models.training_run_id, models.parent_model_id, models.created_at, \
    models.updated_at, models.created_by, models.metrics, models.model_size_mb, models.memory_req_gb, models.status, \
    (SELECT json_group_array(tag_name ORDER BY tag_name) FROM model_tags WHERE model_tags.model_id = models.model_id)";

/// The newest fifty, and one more to know whether there are more.
const NEWEST: &str = "FROM models WHERE status = 'active' ORDER BY created_at DESC, model_id DESC LIMIT 51";
const BEHIND: &str = "FROM models WHERE status = 'active' AND (created_at, model_id) < (?1, ?2) \
    ORDER BY created_at DESC, model_id DESC LIMIT 51";
const WITH_TAG: &str = "FROM model_tags AS held CROSS JOIN models ON models.model_id = held.model_id \
    WHERE held.tag_name = ?1 AND models.status = 'active' \
    ORDER BY held.model_created_at DESC, held.model_id DESC LIMIT 51";
const WITH_METRIC: &str = "FROM models WHERE status = 'active' AND EXISTS (SELECT 1 FROM model_metrics AS metric \
    WHERE metric.model_id = models.model_id AND metric.name = ?1 AND metric.value <= ?2) \
    ORDER BY created_at DESC, models.model_id DESC LIMIT 51";
const BEST: &str = "FROM model_metrics AS metric CROSS JOIN models ON models.model_id = metric.model_id \
    WHERE metric.name = ?1 AND models.status = 'active' ORDER BY metric.value, metric.model_id LIMIT 51";

/// A model with all of its columns.
pub(crate) const INSERT_MODEL: &str =
    include_str!("../../../crates/registry-sqlite/queries/insert_model.sql");
pub(crate) const INSERT_METRICS: &str = "INSERT INTO model_metrics (model_id, name, value) VALUES \
    (?1, 'val_loss', ?2), (?1, 'perplexity', ?3), (?1, 'accuracy', ?4), (?1, 'f1', ?5), (?1, 'latency_ms', ?6)";
