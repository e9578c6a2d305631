//! A model as programs read it: the JSON that it is serialized as. Fields that it doesn't know are passed over, such as
//! what the answer of a write says besides the model.

use serde::{Deserialize, Deserializer};

use super::Model;
use crate::checkpoint::CheckpointPath;
use crate::config_hash::ConfigHash;
use crate::export::Export;
use crate::identifier::{ModelId, TrainingRunId};
use crate::metadata::Metadata;
use crate::metrics::Metrics;
use crate::quantity::{MemoryGb, SizeMb};
use crate::status::Status;
use crate::tag::Tag;
use crate::text::{Actor, ExportFormat, ModelName, Notes, TaskType};
use crate::timestamp::Timestamp;
use crate::version::Version;

#[derive(Deserialize)]
struct Document {
    model_id: ModelId,
    name: ModelName,
    version: Version,
    checkpoint_path: CheckpointPath,
    task_type: TaskType,
    config_hash: ConfigHash,
    training_run_id: Option<TrainingRunId>,
    parent_model_id: Option<ModelId>,
    created_at: Timestamp,
    metrics: Metrics,
    model_size_mb: Option<SizeMb>,
    memory_req_gb: Option<MemoryGb>,
    metadata: Metadata,
    status: Status,
    exports: Vec<Export>,
    ordinal: u64,
    tag_details: Vec<Tag>,
    checkpoint_absolute: Option<CheckpointPath>,
    size_bytes: Option<u64>,
    notes: Option<Notes>,
    updated_at: Timestamp,
    created_by: Actor,
    declared_formats: Vec<ExportFormat>,
}

impl<'de> Deserialize<'de> for Model {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let model = Document::deserialize(deserializer)?;
        Ok(Self {
            id: model.model_id,
            name: model.name,
            version: model.version,
            ordinal: model.ordinal,
            checkpoint_path: model.checkpoint_path,
            checkpoint_absolute: model.checkpoint_absolute,
            size_bytes: model.size_bytes,
            task_type: model.task_type,
            config_hash: model.config_hash,
            training_run_id: model.training_run_id,
            parent: model.parent_model_id,
            created_at: model.created_at,
            updated_at: model.updated_at,
            created_by: model.created_by,
            metrics: model.metrics,
            declared_formats: model.declared_formats,
            exports: model.exports,
            model_size_mb: model.model_size_mb,
            memory_req_gb: model.memory_req_gb,
            metadata: model.metadata,
            notes: model.notes,
            status: model.status,
            tags: model.tag_details,
        })
    }
}
