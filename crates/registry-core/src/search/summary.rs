//! A model as a list shows it.

use serde::{Deserialize, Serialize};

use crate::checkpoint::CheckpointPath;
use crate::config_hash::ConfigHash;
use crate::identifier::{ModelId, ModelRef, TrainingRunId};
use crate::metrics::Metrics;
use crate::model::Model;
use crate::quantity::{MemoryGb, SizeMb};
use crate::status::Status;
use crate::text::{Actor, ModelName, TagName, TaskType};
use crate::timestamp::Timestamp;
use crate::version::Version;

/// The light form of a [`Model`]: every field that a search can sort by, and the names of its tags. Left out are
/// metadata, notes, exports, and the times of its tags.
///
/// Serialized its fields have the names that they have in a serialized [`Model`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields mean what they mean at `Model`")]
pub struct ModelSummary {
    #[serde(rename = "model_id")]
    pub id: ModelId,
    pub name: ModelName,
    pub version: Version,
    pub ordinal: u64,
    pub checkpoint_path: CheckpointPath,
    pub task_type: TaskType,
    pub config_hash: ConfigHash,
    pub training_run_id: Option<TrainingRunId>,
    #[serde(rename = "parent_model_id")]
    pub parent: Option<ModelId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub created_by: Actor,
    pub metrics: Metrics,
    pub model_size_mb: Option<SizeMb>,
    pub memory_req_gb: Option<MemoryGb>,
    pub status: Status,
    /// By name.
    pub tags: Vec<TagName>,
}

impl ModelSummary {
    /// The short reference to this model.
    pub fn reference(&self) -> ModelRef {
        ModelRef {
            id: self.id,
            name: self.name.clone(),
            version: self.version.clone(),
        }
    }
}

impl From<&Model> for ModelSummary {
    fn from(model: &Model) -> Self {
        Self {
            id: model.id,
            name: model.name.clone(),
            version: model.version.clone(),
            ordinal: model.ordinal,
            checkpoint_path: model.checkpoint_path.clone(),
            task_type: model.task_type.clone(),
            config_hash: model.config_hash.clone(),
            training_run_id: model.training_run_id,
            parent: model.parent,
            created_at: model.created_at,
            updated_at: model.updated_at,
            created_by: model.created_by.clone(),
            metrics: model.metrics.clone(),
            model_size_mb: model.model_size_mb,
            memory_req_gb: model.memory_req_gb,
            status: model.status,
            tags: model.tags.iter().map(|tag| tag.name.clone()).collect(),
        }
    }
}
