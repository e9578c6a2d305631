//! Models as lines of JSON: what `list --format jsonl` writes and `register --from` reads.

pub(crate) mod chunks;
mod fields;

use std::collections::HashMap;
use std::num::NonZeroU32;

use serde_json::value::RawValue;

use crate::checkpoint::{Checkpoint, CheckpointPath};
use crate::config_hash::ConfigHash;
use crate::error::{Error, InvalidValue, Result, ValueKind};
use crate::export::NewExport;
use crate::identifier::{ModelId, TrainingRunId};
use crate::metadata::Metadata;
use crate::metrics::Metrics;
use crate::quantity::{MemoryGb, SizeMb};
use crate::registration::{Parent, Registration, VersionChoice};
use crate::selector::Selector;
use crate::status::Status;
use crate::text::{ExportFormat, ModelName, Notes, TagName, TaskType};
use crate::version::{Bump, Version};
use fields::Fields;

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
/// `config_hash`, `bump` in place of `version`, `parent` (`name@version`) or `parent_line` (the place of another line,
/// counted from 1) in place of `parent_model_id`. What the registry assigns or says about a write is ignored, except
/// that `model_id` is what other lines' `parent_model_id` may refer to.
#[derive(Debug)]
pub struct RegistrationLine {
    model_id: Option<i64>,
    name: ModelName,
    version: Option<Version>,
    bump: Option<String>,
    checkpoint_path: CheckpointPath,
    task_type: TaskType,
    config_hash: Option<String>,
    config: Option<Box<RawValue>>,
    training_run_id: Option<TrainingRunId>,
    parent_model_id: Option<ModelId>,
    parent: Option<String>,
    parent_line: Option<NonZeroU32>,
    metrics: Metrics,
    export_formats: Vec<ExportFormat>,
    exports: Vec<NewExport>,
    model_size_mb: Option<SizeMb>,
    memory_req_gb: Option<MemoryGb>,
    metadata: Metadata,
    notes: Option<Notes>,
    status: Status,
    tags: Vec<TagName>,
}

/// What the registry assigns to a model.
const ASSIGNED: &[&str] = &[
    "ordinal",
    "tag_details",
    "checkpoint_absolute",
    "size_bytes",
    "created_at",
    "updated_at",
    "created_by",
];

/// What the answer of a write says besides the model.
const ANSWERED: &[&str] = &[
    "promoted_holders",
    "promoted_holder",
    "holder",
    "scope",
    "lost",
    "changed",
    "orphans",
    "dry_run",
];

impl RegistrationLine {
    /// Reads one line.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the value that is bad, or the whole line when it isn't a JSON object with these fields.
    pub fn parse(line: &str) -> Result<Self> {
        const WHOLE: &str = "it is not a whole number";
        const PLACE: &str = "`parent_line` is not a whole number from 1";
        let mut fields = Fields::parse(line)?;
        let model_id = fields.number("model_id", ValueKind::ModelId, WHOLE, Ok)?;
        let name = fields.text("name", ValueKind::Name, ModelName::parse)?;
        let name = fields.required("name", name)?;
        let version = fields.text("version", ValueKind::Version, Version::parse)?;
        let bump = fields.text("bump", ValueKind::Version, Ok)?;
        let checkpoint_path = match fields.text("checkpoint_path", ValueKind::Path, CheckpointPath::parse)? {
            Some(path) => Some(path),
            None => fields.text("checkpoint", ValueKind::Path, CheckpointPath::parse)?,
        };
        let checkpoint_path = fields.required("checkpoint_path", checkpoint_path)?;
        let task_type = fields.text("task_type", ValueKind::TaskType, TaskType::parse)?;
        let task_type = fields.required("task_type", task_type)?;
        let config_hash = fields.text("config_hash", ValueKind::ConfigHash, Ok)?;
        let config = fields.take("config");
        let training_run_id =
            fields.number("training_run_id", ValueKind::TrainingRunId, WHOLE, |run: i64| {
                TrainingRunId::try_from(run)
            })?;
        let parent_model_id = fields.number("parent_model_id", ValueKind::ModelId, WHOLE, |id: i64| {
            ModelId::try_from(id)
        })?;
        let parent = fields.text("parent", ValueKind::Selector, Ok)?;
        let parent_line = fields.number("parent_line", ValueKind::Registration, PLACE, Ok)?;
        let metrics = fields.take("metrics");
        let metrics = metrics.map(|metrics| Metrics::parse(metrics.get())).transpose()?;
        let export_formats = fields.texts("export_formats", ValueKind::ExportFormat, ExportFormat::parse)?;
        // Of a model that was listed, these are without the formats of its exports.
        let declared = fields.has("declared_formats");
        let declared_formats =
            fields.texts("declared_formats", ValueKind::ExportFormat, ExportFormat::parse)?;
        let export_formats = if declared {
            declared_formats
        } else {
            export_formats
        };
        let exports = exports(&mut fields)?;
        let model_size_mb = fields.number("model_size_mb", ValueKind::Size, NUMBER, |size: f64| {
            size.try_into()
        })?;
        let memory_req_gb = fields.number("memory_req_gb", ValueKind::Memory, NUMBER, |memory: f64| {
            memory.try_into()
        })?;
        let metadata = metadata(&mut fields)?;
        let notes = fields.text("notes", ValueKind::Notes, Notes::parse)?;
        let status = fields.text("status", ValueKind::Status, |text| Status::parse(&text))?;
        let tags = fields.texts("tags", ValueKind::Tag, TagName::parse)?;
        fields.finish(&[ASSIGNED, ANSWERED].concat())?;
        Ok(Self {
            model_id,
            name,
            version,
            bump,
            checkpoint_path,
            task_type,
            config_hash,
            config,
            training_run_id,
            parent_model_id,
            parent,
            parent_line,
            metrics: metrics.unwrap_or_default(),
            export_formats,
            exports,
            model_size_mb,
            memory_req_gb,
            metadata,
            notes,
            status: status.unwrap_or_default(),
            tags,
        })
    }

    /// The id that the model had where the line was written, if it says so.
    pub fn model_id(&self) -> Option<i64> {
        self.model_id
    }

    /// Whether it names its parent by the place of another line, so that the lines must keep their order.
    pub fn counts_lines(&self) -> bool {
        self.parent_line.is_some()
    }

    /// The checkpoint's path, for the caller to measure.
    pub fn checkpoint_path(&self) -> &CheckpointPath {
        &self.checkpoint_path
    }

    /// Joins lines with their checkpoints, in order. A `parent_model_id` that is the `model_id` of another line
    /// means that line; of a line without `model_id` any other means a registered model. A line with `model_id` comes
    /// from another registry, whose ids mean nothing here: its parent must be among the lines.
    ///
    /// # Errors
    /// [`Error::Bulk`] with every line that contradicts itself.
    pub fn join(lines: Vec<(Self, Checkpoint)>) -> Result<Vec<Registration>> {
        let total = lines.len();
        let mut places: HashMap<i64, usize> = HashMap::new();
        let mut failures = Vec::new();
        for (place, (line, _)) in lines.iter().enumerate() {
            let first = line.model_id.map(|id| *places.entry(id).or_insert(place));
            if let Some(first) = first.filter(|first| *first != place) {
                let problem = format!(
                    "it has the `model_id` of line {}; lines of two registries go into two requests",
                    first + 1
                );
                let error = InvalidValue::new(ValueKind::Registration, line.name.as_str(), problem);
                failures.push(LineError::new(place + 1, error));
            }
        }
        let mut registrations = Vec::with_capacity(total);
        for (place, (line, checkpoint)) in lines.into_iter().enumerate() {
            match line.into_registration(checkpoint, &places) {
                Ok(registration) => registrations.push(registration),
                Err(error) => failures.push(LineError::new(place + 1, error)),
            }
        }
        failures.sort_by_key(|failure| failure.line);
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
            (None, None) => self.parent_line.map(entry),
            (Some(_), _) | (_, Some(_)) if self.parent_line.is_some() => {
                return Err(refuse("it names its parent twice"));
            }
            (Some(id), None) => match (places.get(&id.get()), self.model_id) {
                (Some(place), _) => Some(Parent::Entry(*place)),
                (None, None) => Some(Parent::Id(id)),
                // Its own id is of another registry, so its parent's is too: whoever has that one here is a stranger.
                (None, Some(_)) => {
                    return Err(refuse(
                        "its parent is not among the lines, and ids of another registry mean nothing here; \
                         leave `parent_model_id` out and name the parent by `\"parent\": \"name@version\"`",
                    ));
                }
            },
            (None, Some(Selector::Version { name, version })) => Some(Parent::Version(name, version)),
            (None, Some(_)) => {
                return Err(refuse("its `parent` is not of the form `name@version`"));
            }
            (Some(_), Some(_)) => return Err(refuse("it has both `parent` and `parent_model_id`")),
        };
        let mut registration = Registration::new(name, version, checkpoint, self.task_type, config_hash);
        registration.metrics = self.metrics;
        registration.export_formats = self.export_formats;
        registration.exports = self.exports;
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

fn entry(line: NonZeroU32) -> Parent {
    // Where a request cannot have so many lines, it has no such line.
    Parent::Entry(usize::try_from(line.get() - 1).unwrap_or(usize::MAX - 1))
}

const NUMBER: &str = "it is not a number";

/// The exports inside a line; their times are assigned by the registry.
fn exports(fields: &mut Fields<'_>) -> Result<Vec<NewExport>, InvalidValue> {
    let Some(list) = fields.take("exports") else {
        return Ok(Vec::new());
    };
    let list: Vec<Box<RawValue>> = serde_json::from_str(list.get())
        .map_err(|_| InvalidValue::new(ValueKind::Registration, list.get(), "`exports` is not a list"))?;
    list.iter().map(|export| self::export(export.get())).collect()
}

fn export(object: &str) -> Result<NewExport, InvalidValue> {
    let mut fields = Fields::parse(object)?;
    let format = fields.text("export_format", ValueKind::ExportFormat, ExportFormat::parse)?;
    let format = fields.required("export_format", format)?;
    let path = fields.text("export_path", ValueKind::Path, CheckpointPath::parse)?;
    let path = fields.required("export_path", path)?;
    let metadata = metadata(&mut fields)?;
    fields.finish(&["created_at"])?;
    Ok(NewExport {
        format,
        path,
        metadata,
    })
}

fn metadata(fields: &mut Fields<'_>) -> Result<Metadata, InvalidValue> {
    match fields.take("metadata") {
        Some(metadata) => Metadata::parse(metadata.get()),
        None => Ok(Metadata::default()),
    }
}

#[cfg(test)]
mod tests;
