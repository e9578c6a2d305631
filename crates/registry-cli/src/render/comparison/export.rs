//! Comparisons for programs.

use registry_core::{Comparison, MemoryGb, SizeMb};

use crate::render::csv;

/// Models side by side as CSV: a row for each model. Metrics have the prefix `metrics.`, so that one called `name`
/// is no problem.
pub fn comparison_csv(comparison: &Comparison) -> String {
    let fixed = [
        "model_id",
        "name",
        "version",
        "task_type",
        "created_at",
        "status",
        "model_size_mb",
        "memory_req_gb",
        "config_hash",
        "parent_model_id",
    ];
    let metrics = comparison
        .metrics
        .iter()
        .map(|metric| format!("metrics.{}", metric.name));
    let header = fixed.map(str::to_owned).into_iter().chain(metrics).collect();
    let rows = comparison.models.iter().enumerate().map(|(place, model)| {
        let mut row = vec![
            model.id.to_string(),
            model.name.to_string(),
            model.version.to_string(),
            model.task_type.to_string(),
            model.created_at.to_string(),
            model.status.to_string(),
            csv::optional(model.model_size_mb.map(SizeMb::get)),
            csv::optional(model.memory_req_gb.map(MemoryGb::get)),
            model.config_hash.to_string(),
            csv::optional(model.parent),
        ];
        let values = comparison
            .metrics
            .iter()
            .map(|metric| metric.values.get(place).copied().flatten());
        row.extend(values.map(|value| csv::optional(value.map(super::number::exact))));
        row
    });
    csv::text(header, rows)
}

#[cfg(test)]
mod tests {
    use registry_core::document::ComparisonDocument;
    use serde_json::json;

    use super::*;
    use crate::render::testing::{a_model, child_of, with_metrics};

    fn two() -> Comparison {
        let first = with_metrics(a_model(1, "a", "1.0.0"), r#"{"name": 0.5, "loss": 1}"#);
        let second = child_of(with_metrics(a_model(2, "a", "1.1.0"), r#"{"loss": 0.25}"#), 1);
        let ids = [first.id, second.id];
        Comparison::new(&ids, vec![Some(first), Some(second)], None, None)
    }

    #[test]
    fn a_metric_called_name_overwrites_nothing() {
        let hash = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
        assert_eq!(
            comparison_csv(&two()),
            format!(
                "model_id,name,version,task_type,created_at,status,model_size_mb,memory_req_gb,config_hash,\
                 parent_model_id,metrics.name,metrics.loss\n\
                 1,a,1.0.0,language_modeling,2026-01-31T12:00:00.000000Z,active,,,{hash},,0.5,1.0\n\
                 2,a,1.1.0,language_modeling,2026-01-31T12:00:00.000000Z,active,,,{hash},1,,0.25\n"
            )
        );
    }

    #[test]
    fn json_has_a_value_for_each_model() {
        let json = json!(ComparisonDocument::new(&two(), ["x@1.0.0".to_owned()]));
        assert_eq!(
            json["metrics"],
            json!([
                { "name": "name", "direction": "higher", "best": 0.5, "values": [0.5, null] },
                { "name": "loss", "direction": "lower", "best": 0.25, "values": [1.0, 0.25] },
            ])
        );
        assert_eq!(json["missing"], json!(["x@1.0.0"]));
        assert_eq!(
            json["differences"],
            json!({ "config_hash": false, "model_size_mb": false, "parent_model_id": true })
        );
        assert_eq!(json["models"][1]["parent_model_id"], 1);
    }
}
