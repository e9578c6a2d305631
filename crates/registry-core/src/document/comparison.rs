//! Models side by side.

use serde::Serialize;

use crate::compare::Comparison;
use crate::config_hash::ConfigHash;
use crate::direction::Direction;
use crate::identifier::ModelId;
use crate::model::Model;
use crate::quantity::{MemoryGb, SizeMb};
use crate::status::Status;
use crate::text::{MetricName, ModelName, TaskType};
use crate::timestamp::Timestamp;
use crate::version::Version;

/// A comparison: the models in the order asked, the metrics with a value for each of them, what is missing, and what
/// differs.
#[derive(Debug, Serialize)]
pub struct ComparisonDocument<'a> {
    /// The models.
    pub models: Vec<ComparisonFacts<'a>>,
    /// The metrics.
    pub metrics: Vec<MetricDocument<'a>>,
    /// What was asked for and names no model.
    pub missing: Vec<String>,
    /// What differs.
    pub differences: Differences,
}

/// What a comparison says of a model besides its metrics.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the fields mean what they mean at `Model`")]
pub struct ComparisonFacts<'a> {
    pub model_id: ModelId,
    pub name: &'a ModelName,
    pub version: &'a Version,
    pub task_type: &'a TaskType,
    pub created_at: Timestamp,
    pub status: Status,
    pub model_size_mb: Option<SizeMb>,
    pub memory_req_gb: Option<MemoryGb>,
    pub config_hash: &'a ConfigHash,
    pub parent_model_id: Option<ModelId>,
}

/// A metric of a comparison.
#[derive(Debug, Serialize)]
pub struct MetricDocument<'a> {
    /// Its name.
    pub name: &'a MetricName,
    /// Which values are better: `lower` or `higher`.
    pub direction: &'static str,
    /// The best value.
    pub best: Option<f64>,
    /// A value for each of the models.
    pub values: &'a [Option<f64>],
}

/// Whether the models differ.
#[derive(Debug, Serialize)]
pub struct Differences {
    /// In their configuration.
    pub config_hash: bool,
    /// In their size.
    pub model_size_mb: bool,
    /// In their parent.
    pub parent_model_id: bool,
}

impl<'a> ComparisonDocument<'a> {
    /// The document of a comparison; `unknown`: what else was asked for and names no model.
    pub fn new(comparison: &'a Comparison, unknown: impl IntoIterator<Item = String>) -> Self {
        let metrics = comparison.metrics.iter().map(|metric| MetricDocument {
            name: &metric.name,
            direction: match metric.direction {
                Direction::Lower => "lower",
                Direction::Higher => "higher",
            },
            best: metric.best,
            values: &metric.values,
        });
        Self {
            models: comparison.models.iter().map(facts).collect(),
            metrics: metrics.collect(),
            missing: comparison
                .missing
                .iter()
                .map(ToString::to_string)
                .chain(unknown)
                .collect(),
            differences: Differences {
                config_hash: !comparison.agree(|model| model.config_hash.clone()),
                model_size_mb: !comparison.agree(|model| model.model_size_mb),
                parent_model_id: !comparison.agree(|model| model.parent),
            },
        }
    }
}

fn facts(model: &Model) -> ComparisonFacts<'_> {
    ComparisonFacts {
        model_id: model.id,
        name: &model.name,
        version: &model.version,
        task_type: &model.task_type,
        created_at: model.created_at,
        status: model.status,
        model_size_mb: model.model_size_mb,
        memory_req_gb: model.memory_req_gb,
        config_hash: &model.config_hash,
        parent_model_id: model.parent,
    }
}
