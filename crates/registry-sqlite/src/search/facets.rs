//! How the models that fit divide, in one statement.

use registry_core::search::FacetLimits;

use super::page::{Search, Way};
use super::statement::Statement;

/// What is counted, and what is told of it.
const COLUMNS: &str = "models.model_id, models.name, models.task_type, models.status";

impl Search<'_> {
    /// One digit, whether there are no more than were found; and a JSON array of how many there are, one beyond the limit
    /// at most, and of `[field, value, count]`.
    pub(super) fn facets(&self, way: Way, limits: FacetLimits) -> Statement {
        let mut found = self.found(way, i64::from(limits.models) + 1);
        let models = found.binds.bind(i64::from(limits.models));
        let most = found.binds.bind(i64::from(limits.values));
        let divided = |field: &str, value: &str, from: &str| {
            format!(
                "SELECT * FROM (SELECT '{field}' AS field, {value} AS value, count(*) AS n FROM {from} \
                 GROUP BY {value} ORDER BY n DESC, value LIMIT {most})"
            )
        };
        let values = [
            divided("task_type", "task_type", "looked"),
            divided("status", "status", "looked"),
            divided(
                "tag",
                "tag_name",
                "looked CROSS JOIN model_tags ON model_tags.model_id = looked.model_id",
            ),
            divided("name", "name", "looked"),
        ];
        let with = match found.with.trim_end() {
            "" => "WITH".to_owned(),
            with => format!("{with},"),
        };
        let text = format!(
            "{with} found (model_id, name, task_type, status) AS MATERIALIZED (SELECT {COLUMNS} FROM {}), \
             looked AS (SELECT * FROM found LIMIT {models}) \
             SELECT concat({}, json_array((SELECT count(*) FROM found), \
             (SELECT json_group_array(json_array(field, value, n)) FROM ({}))))",
            found.models(),
            found.complete,
            values.join(" UNION ALL ")
        );
        found.binds.statement(text)
    }
}
