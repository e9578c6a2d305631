//! Models as lines of JSON: what `list --format jsonl` writes and `register --from` reads.

use std::collections::HashMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::checkpoint::{Checkpoint, CheckpointPath};
use crate::config_hash::ConfigHash;
use crate::error::{Error, InvalidValue, Result, ValueKind};
use crate::export::NewExport;
use crate::identifier::ModelId;
use crate::metadata::Metadata;
use crate::metrics::Metrics;
use crate::quantity::{MemoryGb, SizeMb};
use crate::registration::{Parent, Registration, VersionChoice};
use crate::selector::Selector;
use crate::status::Status;
use crate::text::{ExportFormat, ModelName, Notes, TagName, TaskType};
use crate::version::{Bump, Version};

/// Why one entry of a bulk registration was refused.
#[derive(Debug)]
pub struct LineError {
    /// Which entry, counted from 1.
    pub line: usize,
    /// Why.
    pub error: Box<Error>,
}

impl LineError {
    /// A refused entry.
    pub fn new(line: usize, error: impl Into<Error>) -> Self {
        Self {
            line,
            error: Box::new(error.into()),
        }
    }
}

/// One line of a bulk registration: a model as this registry serializes it. `config` (hashed) may stand in place of
/// `config_hash`, `bump` in place of `version`, `parent` (`name@version`) in place of `parent_model_id`. What the
/// registry assigns is ignored, except that `model_id` is what other lines' `parent_model_id` may refer to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistrationLine {
    model_id: Option<i64>,
    name: ModelName,
    version: Option<Version>,
    bump: Option<String>,
    #[serde(alias = "checkpoint")]
    checkpoint_path: CheckpointPath,
    task_type: TaskType,
    config_hash: Option<String>,
    config: Option<Box<RawValue>>,
    training_run_id: Option<i64>,
    parent_model_id: Option<ModelId>,
    parent: Option<String>,
    #[serde(default)]
    metrics: Metrics,
    #[serde(default)]
    export_formats: Vec<ExportFormat>,
    #[serde(default)]
    exports: Vec<ExportLine>,
    model_size_mb: Option<SizeMb>,
    memory_req_gb: Option<MemoryGb>,
    #[serde(default)]
    metadata: Metadata,
    notes: Option<Notes>,
    #[serde(default)]
    status: Status,
    #[serde(default)]
    tags: Vec<TagName>,
    #[serde(default, rename = "ordinal")]
    _ordinal: IgnoredAny,
    #[serde(default, rename = "tag_details")]
    _tag_details: IgnoredAny,
    #[serde(default, rename = "checkpoint_absolute")]
    _checkpoint_absolute: IgnoredAny,
    #[serde(default, rename = "size_bytes")]
    _size_bytes: IgnoredAny,
    #[serde(default, rename = "created_at")]
    _created_at: IgnoredAny,
    #[serde(default, rename = "updated_at")]
    _updated_at: IgnoredAny,
    #[serde(default, rename = "created_by")]
    _created_by: IgnoredAny,
}

/// An export inside a line; its time is assigned by the registry.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExportLine {
    export_format: ExportFormat,
    export_path: CheckpointPath,
    #[serde(default)]
    metadata: Metadata,
    #[serde(default, rename = "created_at")]
    _created_at: IgnoredAny,
}

impl RegistrationLine {
    /// Reads one line.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it isn't a JSON object with these fields and valid values.
    pub fn parse(line: &str) -> Result<Self> {
        serde_json::from_str(line)
            .map_err(|error| InvalidValue::new(ValueKind::Registration, line, error.to_string()).into())
    }

    /// The id that the model had where the line was written, if it says so.
    pub fn model_id(&self) -> Option<i64> {
        self.model_id
    }

    /// The checkpoint's path, for the caller to measure.
    pub fn checkpoint_path(&self) -> &CheckpointPath {
        &self.checkpoint_path
    }

    /// Joins lines with their checkpoints, in order. A `parent_model_id` that is the `model_id` of another line
    /// means that line; any other means a registered model.
    ///
    /// # Errors
    /// [`Error::Bulk`] with every line that contradicts itself.
    pub fn join(lines: Vec<(Self, Checkpoint)>) -> Result<Vec<Registration>> {
        let total = lines.len();
        let places: HashMap<i64, usize> = lines
            .iter()
            .enumerate()
            .filter_map(|(place, (line, _))| Some((line.model_id?, place)))
            .collect();
        let mut failures = Vec::new();
        let mut registrations = Vec::with_capacity(total);
        for (place, (line, checkpoint)) in lines.into_iter().enumerate() {
            match line.into_registration(checkpoint, &places) {
                Ok(registration) => registrations.push(registration),
                Err(error) => failures.push(LineError::new(place + 1, error)),
            }
        }
        if failures.is_empty() {
            Ok(registrations)
        } else {
            Err(Error::Bulk { failures, total })
        }
    }

    fn into_registration(self, checkpoint: Checkpoint, places: &HashMap<i64, usize>) -> Result<Registration> {
        let name = self.name;
        let refuse = |problem: &'static str| {
            Error::from(InvalidValue::new(ValueKind::Registration, name.as_str(), problem))
        };
        let version = match (self.version, self.bump) {
            (Some(version), None) => VersionChoice::Exact(version),
            (None, Some(bump)) => VersionChoice::Next(bump.parse::<Bump>()?),
            (Some(_), Some(_)) => return Err(refuse("it has both `version` and `bump`")),
            (None, None) => return Err(refuse("it has neither `version` nor `bump`")),
        };
        // As in the original, the configuration wins over a hash given beside it.
        let config_hash = match (self.config, self.config_hash) {
            (Some(config), _) => ConfigHash::of_json(config.get())?,
            (None, Some(hash)) => ConfigHash::parse(&hash)?,
            (None, None) => return Err(refuse("it has neither `config_hash` nor `config`")),
        };
        let parent = match (
            self.parent_model_id,
            self.parent.as_deref().map(Selector::parse).transpose()?,
        ) {
            (None, None) => None,
            (Some(id), None) => Some(
                places
                    .get(&id.get())
                    .map_or(Parent::Id(id), |place| Parent::Entry(*place)),
            ),
            (None, Some(Selector::Version { name, version })) => Some(Parent::Version(name, version)),
            (None, Some(_)) => {
                return Err(refuse("its `parent` is not of the form `name@version`"));
            }
            (Some(_), Some(_)) => return Err(refuse("it has both `parent` and `parent_model_id`")),
        };
        let exports = self.exports.into_iter();
        let exports = exports.map(|e| NewExport {
            format: e.export_format,
            path: e.export_path,
            metadata: e.metadata,
        });
        let mut registration = Registration::new(name, version, checkpoint, self.task_type, config_hash);
        registration.metrics = self.metrics;
        registration.export_formats = self.export_formats;
        registration.exports = exports.collect();
        registration.model_size_mb = self.model_size_mb;
        registration.memory_req_gb = self.memory_req_gb;
        registration.training_run_id = self.training_run_id;
        registration.parent = parent;
        registration.metadata = self.metadata;
        registration.notes = self.notes;
        registration.tags = self.tags;
        registration.status = self.status;
        Ok(registration)
    }
}
