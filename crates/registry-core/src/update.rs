//! Changes to a model's fields. Name and version never change: they are what others refer to.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::checkpoint::Checkpoint;
use crate::error::InvalidValue;
use crate::identifier::{ModelId, TrainingRunId};
use crate::metadata::Metadata;
use crate::metrics::{Metrics, MetricsPatch};
use crate::quantity::{MemoryGb, SizeMb};
use crate::text::{Notes, TaskType};

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
    /// Those that the patch names are set or removed; the others stay.
    Merge(MetricsPatch),
    /// They become these.
    Replace(Metrics),
}

impl MetricsUpdate {
    /// The metrics afterwards.
    ///
    /// # Errors
    /// [`InvalidValue`] when the result breaks a rule of [`Metrics`].
    pub fn apply(self, current: &Metrics) -> Result<Metrics, InvalidValue> {
        match self {
            Self::Keep => Ok(current.clone()),
            Self::Replace(metrics) => Ok(metrics),
            Self::Merge(patch) => patch.apply(current),
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
