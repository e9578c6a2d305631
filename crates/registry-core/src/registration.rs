//! A model version to register.

use serde::Serialize;

use crate::checkpoint::Checkpoint;
use crate::config_hash::ConfigHash;
use crate::export::NewExport;
use crate::identifier::{ModelId, TrainingRunId};
use crate::metadata::Metadata;
use crate::metrics::Metrics;
use crate::quantity::{MemoryGb, SizeMb};
use crate::status::Status;
use crate::text::{ExportFormat, ModelName, Notes, TagName, TaskType};
use crate::version::{Bump, Version};

/// Which version a registration gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum VersionChoice {
    /// This one.
    Exact(Version),
    /// The next after the name's highest version (pre-releases included); the first if there is none.
    Next(Bump),
}

/// The parent of a model to register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Parent {
    /// A registered model.
    Id(ModelId),
    /// A registered model, or one of the same bulk request, by name and version.
    Version(ModelName, Version),
    /// The entry at this place (from 0) of the same bulk request, before or after this one.
    Entry(usize),
}

/// A model version to register. Build it with [`Registration::new`] and set what else is known.
///
/// ```
/// use registry_core::{Checkpoint, ConfigHash, Metrics, Registration, TagName, Version};
///
/// let mut registration = Registration::new(
///     "gpt-small".parse()?,
///     Version::new(1, 0, 0),
///     Checkpoint::elsewhere("s3://models/gpt-small.pt")?,
///     "language_modeling".parse()?,
///     ConfigHash::of_json(r#"{"d_model": 768}"#)?,
/// );
/// registration.metrics = r#"{"val_loss": 0.38}"#.parse()?;
/// registration.tags = vec!["baseline".parse()?];
/// # Ok::<(), registry_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Registration {
    /// The name.
    pub name: ModelName,
    /// The version, or how to choose it.
    pub version: VersionChoice,
    /// The checkpoint.
    pub checkpoint: Checkpoint,
    /// What the model is for.
    pub task_type: TaskType,
    /// The hash of its configuration.
    pub config_hash: ConfigHash,
    /// Its metrics.
    pub metrics: Metrics,
    /// Formats it exists in, without saying where.
    pub export_formats: Vec<ExportFormat>,
    /// Exports with their places.
    pub exports: Vec<NewExport>,
    /// Its size; `None`: as the checkpoint was measured.
    pub model_size_mb: Option<SizeMb>,
    /// The memory it needs.
    pub memory_req_gb: Option<MemoryGb>,
    /// The training run it came from.
    pub training_run_id: Option<TrainingRunId>,
    /// The model it was trained from.
    pub parent: Option<Parent>,
    /// Its metadata.
    pub metadata: Metadata,
    /// Free text.
    pub notes: Option<Notes>,
    /// Labels: added to this model, taken from nobody.
    pub tags: Vec<TagName>,
    /// Whether it is in use; retired only when a registry is copied.
    pub status: Status,
}

impl Registration {
    /// A registration with what every model has; the rest is empty.
    pub fn new(
        name: ModelName,
        version: impl Into<VersionChoice>,
        checkpoint: Checkpoint,
        task_type: TaskType,
        config_hash: ConfigHash,
    ) -> Self {
        Self {
            name,
            version: version.into(),
            checkpoint,
            task_type,
            config_hash,
            metrics: Metrics::default(),
            export_formats: Vec::new(),
            exports: Vec::new(),
            model_size_mb: None,
            memory_req_gb: None,
            training_run_id: None,
            parent: None,
            metadata: Metadata::default(),
            notes: None,
            tags: Vec::new(),
            status: Status::Active,
        }
    }
}

impl From<Version> for VersionChoice {
    fn from(version: Version) -> Self {
        Self::Exact(version)
    }
}

impl From<Bump> for VersionChoice {
    fn from(bump: Bump) -> Self {
        Self::Next(bump)
    }
}
