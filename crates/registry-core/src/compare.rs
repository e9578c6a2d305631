//! Models side by side.

use crate::direction::Direction;
use crate::identifier::ModelId;
use crate::model::Model;
use crate::text::MetricName;

/// One metric over the compared models.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricColumn {
    /// The metric.
    pub name: MetricName,
    /// Which values are better.
    pub direction: Direction,
    /// Its value for each model, in the order of the models.
    pub values: Vec<Option<f64>>,
    /// The best value, if any model has one.
    pub best: Option<f64>,
}

/// Models side by side: in the order asked, repeats repeated.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The models that exist.
    pub models: Vec<Model>,
    /// The ids that don't.
    pub missing: Vec<ModelId>,
    /// The metrics asked for, or every metric that a model has, in the order in which they are met.
    pub metrics: Vec<MetricColumn>,
}

impl Comparison {
    /// Compares models. `metrics` chooses metrics and their order; `direction` says which values are better where
    /// the metric's name is not to be trusted.
    pub fn new(
        asked: &[ModelId],
        found: Vec<Option<Model>>,
        metrics: Option<Vec<MetricName>>,
        direction: Option<Direction>,
    ) -> Self {
        let missing = asked
            .iter()
            .zip(&found)
            .filter(|(_, model)| model.is_none())
            .map(|(id, _)| *id)
            .collect();
        let models: Vec<Model> = found.into_iter().flatten().collect();
        let names = metrics.unwrap_or_else(|| all_metrics(&models));
        let column = |name: MetricName| {
            let values: Vec<Option<f64>> = models
                .iter()
                .map(|model| model.metrics.get(name.as_str()))
                .collect();
            let direction = direction.unwrap_or_else(|| Direction::of(&name));
            let best = direction.best(values.iter().flatten().copied());
            MetricColumn {
                name,
                direction,
                values,
                best,
            }
        };
        let metrics = names.into_iter().map(column).collect();
        Self {
            models,
            missing,
            metrics,
        }
    }

    /// Whether all models have the same value of something, such as the config hash or the parent.
    pub fn agree<T: PartialEq>(&self, field: impl Fn(&Model) -> T) -> bool {
        self.models
            .windows(2)
            .all(|pair| field(&pair[0]) == field(&pair[1]))
    }
}

fn all_metrics(models: &[Model]) -> Vec<MetricName> {
    let mut seen = std::collections::HashSet::new();
    let names = models
        .iter()
        .flat_map(|model| model.metrics.iter().map(|(name, _)| name));
    names.filter(|name| seen.insert(*name)).cloned().collect()
}
