//! Changes to a model's fields. Name and version never change: they are what others refer to.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::checkpoint::Checkpoint;
use crate::error::InvalidValue;
use crate::identifier::{ModelId, TrainingRunId};
use crate::metadata::Metadata;
use crate::metrics::{Metrics, number};
use crate::quantity::{MemoryGb, SizeMb};
use crate::text::{MetricName, Notes, TaskType};

/// What happens to an optional field.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub enum FieldUpdate<T> {
    /// It stays as it is.
    #[default]
    Keep,
    /// It becomes empty.
    Clear,
    /// It becomes this.
    Set(T),
}

impl<T> FieldUpdate<T> {
    /// Whether the field stays as it is.
    pub fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }

    /// The field's value afterwards.
    pub fn apply(self, current: Option<T>) -> Option<T> {
        match self {
            Self::Keep => current,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }
}

/// What happens to the metrics.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub enum MetricsUpdate {
    /// They stay as they are.
    #[default]
    Keep,
    /// These are set, `None` removes; the others stay.
    Merge(Vec<(MetricName, Option<f64>)>),
    /// They become these.
    Replace(Metrics),
}

impl MetricsUpdate {
    /// Reads a merge from a JSON object: numbers set, `null` removes.
    ///
    /// # Errors
    /// [`InvalidValue`] for anything else.
    pub fn merge_from_json(map: &Map<String, Value>) -> Result<Self, InvalidValue> {
        let entry = |(name, value): (&String, &Value)| {
            let metric = MetricName::parse(name.as_str())?;
            let value = if value.is_null() {
                None
            } else {
                Some(number(name, value)?)
            };
            Ok((metric, value))
        };
        Ok(Self::Merge(
            map.iter().map(entry).collect::<Result<_, InvalidValue>>()?,
        ))
    }

    /// The metrics afterwards.
    ///
    /// # Errors
    /// [`InvalidValue`] when the result breaks a rule of [`Metrics`].
    pub fn apply(self, current: &Metrics) -> Result<Metrics, InvalidValue> {
        match self {
            Self::Keep => Ok(current.clone()),
            Self::Replace(metrics) => Ok(metrics),
            Self::Merge(changes) => {
                let removed = |name: &MetricName| {
                    changes
                        .iter()
                        .rev()
                        .find(|(n, _)| n == name)
                        .is_some_and(|(_, v)| v.is_none())
                };
                let kept = current.iter().map(|(name, value)| (name.clone(), value));
                let set = changes
                    .iter()
                    .filter_map(|(name, value)| value.map(|value| (name.clone(), value)));
                Metrics::from_pairs(kept.chain(set).filter(|(name, _)| !removed(name)))
            }
        }
    }
}

/// What happens to the metadata.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub enum MetadataUpdate {
    /// It stays as it is.
    #[default]
    Keep,
    /// It is merged with this patch (RFC 7396).
    Merge(Map<String, Value>),
    /// It becomes this.
    Replace(Metadata),
}

impl MetadataUpdate {
    /// The metadata afterwards.
    ///
    /// # Errors
    /// [`InvalidValue`] when the result breaks a rule of [`Metadata`].
    pub fn apply(self, current: &Metadata) -> Result<Metadata, InvalidValue> {
        match self {
            Self::Keep => Ok(current.clone()),
            Self::Merge(patch) => current.clone().merged(&patch),
            Self::Replace(metadata) => Ok(metadata),
        }
    }
}

/// Changes to a model's fields; the default changes nothing.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct ModelUpdate {
    /// What the model is for.
    pub task_type: Option<TaskType>,
    /// Its metrics.
    pub metrics: MetricsUpdate,
    /// Its metadata.
    pub metadata: MetadataUpdate,
    /// The memory it needs.
    pub memory_req_gb: FieldUpdate<MemoryGb>,
    /// Its size, where it isn't that of the checkpoint.
    pub model_size_mb: FieldUpdate<SizeMb>,
    /// The training run it came from.
    pub training_run_id: FieldUpdate<TrainingRunId>,
    /// Free text.
    pub notes: FieldUpdate<Notes>,
    /// Where its checkpoint lies now; the size follows where it was measured.
    pub checkpoint: Option<Checkpoint>,
    /// The model it was trained from.
    pub parent: FieldUpdate<ModelId>,
}
