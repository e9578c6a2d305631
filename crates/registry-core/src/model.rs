//! A model version as the registry keeps it.

mod reading;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::checkpoint::CheckpointPath;
use crate::config_hash::ConfigHash;
use crate::export::Export;
use crate::identifier::{ModelId, ModelRef, TrainingRunId};
use crate::metadata::Metadata;
use crate::metrics::Metrics;
use crate::quantity::{MemoryGb, SizeMb};
use crate::status::Status;
use crate::tag::Tag;
use crate::text::{Actor, ExportFormat, ModelName, Notes, TagName, TaskType};
use crate::timestamp::Timestamp;
use crate::version::Version;

/// A registered model version with everything that belongs to it.
///
/// Serialized it is the original's fifteen fields with decoded JSON, then what this registry adds; the guide's API
/// reference lists them.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// The id within the registry.
    pub id: ModelId,
    /// The name.
    pub name: ModelName,
    /// The version, unique within the name.
    pub version: Version,
    /// 1, 2, 3... within the name in the order of registration, never used again after a delete.
    pub ordinal: u64,
    /// Where the checkpoint lies, as typed.
    pub checkpoint_path: CheckpointPath,
    /// The absolute form of that path, where it was a path of the registering machine.
    pub checkpoint_absolute: Option<CheckpointPath>,
    /// The size of the checkpoint in bytes, where it was measured.
    pub size_bytes: Option<u64>,
    /// What the model is for.
    pub task_type: TaskType,
    /// The hash of its configuration.
    pub config_hash: ConfigHash,
    /// The training run it came from, a row of an experiment database.
    pub training_run_id: Option<TrainingRunId>,
    /// The model it was trained from.
    pub parent: Option<ModelId>,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When it changed last (fields, status, parent; tags and exports carry their own times).
    pub updated_at: Timestamp,
    /// Who registered it.
    pub created_by: Actor,
    /// Its metrics.
    pub metrics: Metrics,
    /// Formats named at registration; [`export_formats`](Model::export_formats) adds those of the exports.
    pub declared_formats: Vec<ExportFormat>,
    /// Its exports, by format, then path.
    pub exports: Vec<Export>,
    /// Its size in megabytes, given or measured.
    pub model_size_mb: Option<SizeMb>,
    /// The memory it needs in gigabytes.
    pub memory_req_gb: Option<MemoryGb>,
    /// Its metadata.
    pub metadata: Metadata,
    /// Free text.
    pub notes: Option<Notes>,
    /// Whether it is in use.
    pub status: Status,
    /// Its tags, by name.
    pub tags: Vec<Tag>,
}

impl Model {
    /// The short reference to this model.
    pub fn reference(&self) -> ModelRef {
        ModelRef {
            id: self.id,
            name: self.name.clone(),
            version: self.version.clone(),
        }
    }

    /// Its tag of this name, if it has it.
    pub fn tag(&self, name: &TagName) -> Option<&Tag> {
        self.tags.iter().find(|tag| tag.name == *name)
    }

    /// The fields in which a later state of the model differs, before and after, under the names that it has when
    /// serialized. Events of updates hold the same.
    pub fn changes_to(&self, later: &Self) -> (Map<String, Value>, Map<String, Value>) {
        let (mut before, mut after) = (Map::new(), Map::new());
        let (Ok(Value::Object(old)), Ok(Value::Object(new))) =
            (serde_json::to_value(self), serde_json::to_value(later))
        else {
            return (before, after);
        };
        for (key, value) in new {
            let was = old.get(&key).cloned().unwrap_or(Value::Null);
            if was != value {
                before.insert(key.clone(), was);
                after.insert(key, value);
            }
        }
        (before, after)
    }

    /// The formats it exists in: those declared at registration, then those of its exports, each once.
    pub fn export_formats(&self) -> Vec<&ExportFormat> {
        let mut formats = Vec::new();
        for format in self
            .declared_formats
            .iter()
            .chain(self.exports.iter().map(|export| &export.format))
        {
            if !formats.contains(&format) {
                formats.push(format);
            }
        }
        formats
    }
}

impl Serialize for Model {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let tags: Vec<&TagName> = self.tags.iter().map(|tag| &tag.name).collect();
        let mut model = serializer.serialize_struct("Model", 25)?;
        model.serialize_field("model_id", &self.id)?;
        model.serialize_field("name", &self.name)?;
        model.serialize_field("version", &self.version)?;
        model.serialize_field("checkpoint_path", &self.checkpoint_path)?;
        model.serialize_field("task_type", &self.task_type)?;
        model.serialize_field("config_hash", &self.config_hash)?;
        model.serialize_field("training_run_id", &self.training_run_id)?;
        model.serialize_field("parent_model_id", &self.parent)?;
        model.serialize_field("created_at", &self.created_at)?;
        model.serialize_field("metrics", &self.metrics)?;
        model.serialize_field("export_formats", &self.export_formats())?;
        model.serialize_field("model_size_mb", &self.model_size_mb)?;
        model.serialize_field("memory_req_gb", &self.memory_req_gb)?;
        model.serialize_field("metadata", &self.metadata)?;
        model.serialize_field("status", &self.status)?;
        model.serialize_field("tags", &tags)?;
        model.serialize_field("exports", &self.exports)?;
        model.serialize_field("ordinal", &self.ordinal)?;
        model.serialize_field("tag_details", &self.tags)?;
        model.serialize_field("checkpoint_absolute", &self.checkpoint_absolute)?;
        model.serialize_field("size_bytes", &self.size_bytes)?;
        model.serialize_field("notes", &self.notes)?;
        model.serialize_field("updated_at", &self.updated_at)?;
        model.serialize_field("created_by", &self.created_by)?;
        model.serialize_field("declared_formats", &self.declared_formats)?;
        model.end()
    }
}
