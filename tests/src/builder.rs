//! Values for tests, written as short as they are said.

use registry_core::{
    Actor, Checkpoint, ConfigHash, MetricName, Metrics, MetricsPatch, MetricsUpdate, Model, ModelName,
    NewExport, Parent, Registration, SizeMb, Status, TagName, Timestamp, Version, VersionChoice,
};

/// The time of the tests: this many seconds after the first of January 2026.
pub fn at(seconds: i64) -> Timestamp {
    const BEGIN: i64 = 1_767_225_600;
    Timestamp::from_micros((BEGIN + seconds) * 1_000_000).unwrap()
}

/// Somebody.
pub fn actor(name: &str) -> Actor {
    name.parse().unwrap()
}

/// The usual writer.
pub fn alice() -> Actor {
    actor("alice")
}

/// Another writer.
pub fn bob() -> Actor {
    actor("bob")
}

/// A model's name.
pub fn name(text: &str) -> ModelName {
    text.parse().unwrap()
}

/// A version.
pub fn version(text: &str) -> Version {
    text.parse().unwrap()
}

/// A tag.
pub fn tag(text: &str) -> TagName {
    text.parse().unwrap()
}

/// A model to register: a language model whose checkpoint lies elsewhere, without anything else.
///
/// ```
/// use registry_tests::a_model;
///
/// let registration = a_model("gpt-small", "1.0.0").tagged("baseline").metric("val_loss", 0.4).build();
/// assert_eq!(registration.metrics.get("val_loss"), Some(0.4));
/// ```
pub fn a_model(name: &str, version: &str) -> ModelBuilder {
    ModelBuilder(Registration::new(
        name.parse().unwrap(),
        self::version(version),
        Checkpoint::elsewhere(format!("s3://models/{name}/{version}.pt")).unwrap(),
        "language_modeling".parse().unwrap(),
        ConfigHash::of_json("{}").unwrap(),
    ))
}

/// A model to register, in the making.
#[derive(Debug, Clone)]
#[must_use]
pub struct ModelBuilder(Registration);

impl ModelBuilder {
    /// The registration.
    pub fn build(self) -> Registration {
        self.0
    }

    /// With this version instead, or the next one.
    pub fn versioned(mut self, version: impl Into<VersionChoice>) -> Self {
        self.0.version = version.into();
        self
    }

    /// With this label.
    pub fn tagged(mut self, tag: &str) -> Self {
        self.0.tags.push(self::tag(tag));
        self
    }

    /// With this metric.
    pub fn metric(mut self, metric: &str, value: f64) -> Self {
        let old = self.0.metrics.iter().map(|(name, value)| (name.clone(), value));
        let new = (MetricName::parse(metric).unwrap(), value);
        self.0.metrics = Metrics::from_pairs(old.chain([new])).unwrap();
        self
    }

    /// For this task.
    pub fn task(mut self, task: &str) -> Self {
        self.0.task_type = task.parse().unwrap();
        self
    }

    /// With the hash of this configuration.
    pub fn config(mut self, json: &str) -> Self {
        self.0.config_hash = ConfigHash::of_json(json).unwrap();
        self
    }

    /// Trained from this model.
    pub fn child_of(mut self, parent: &Model) -> Self {
        self.0.parent = Some(Parent::Id(parent.id));
        self
    }

    /// Trained from what is meant here.
    pub fn parent(mut self, parent: Parent) -> Self {
        self.0.parent = Some(parent);
        self
    }

    /// With an export.
    pub fn export(mut self, format: &str, path: &str) -> Self {
        self.0.exports.push(an_export(format, path));
        self
    }

    /// In this format, without saying where.
    pub fn format(mut self, format: &str) -> Self {
        self.0.export_formats.push(format.parse().unwrap());
        self
    }

    /// With this metadata.
    pub fn metadata(mut self, json: &str) -> Self {
        self.0.metadata = json.parse().unwrap();
        self
    }

    /// With these notes.
    pub fn notes(mut self, notes: &str) -> Self {
        self.0.notes = Some(notes.parse().unwrap());
        self
    }

    /// From this training run.
    pub fn run(mut self, run: i64) -> Self {
        self.0.training_run_id = Some(run.try_into().unwrap());
        self
    }

    /// Of this size.
    pub fn size_mb(mut self, size: f64) -> Self {
        self.0.model_size_mb = Some(SizeMb::try_from(size).unwrap());
        self
    }

    /// With this need of memory.
    pub fn memory_gb(mut self, memory: f64) -> Self {
        self.0.memory_req_gb = Some(memory.try_into().unwrap());
        self
    }

    /// With this checkpoint.
    pub fn checkpoint(mut self, checkpoint: Checkpoint) -> Self {
        self.0.checkpoint = checkpoint;
        self
    }

    /// Out of use from the beginning.
    pub fn retired(mut self) -> Self {
        self.0.status = Status::Retired;
        self
    }
}

impl From<ModelBuilder> for Registration {
    fn from(builder: ModelBuilder) -> Self {
        builder.0
    }
}

/// An export to add.
pub(crate) fn an_export(format: &str, path: &str) -> NewExport {
    NewExport {
        format: format.parse().unwrap(),
        path: path.parse().unwrap(),
        metadata: registry_core::Metadata::default(),
    }
}

/// An update that sets (`Some`) and removes (`None`) these metrics.
pub(crate) fn merge(changes: &[(&str, Option<f64>)]) -> MetricsUpdate {
    let changes = changes
        .iter()
        .map(|(name, value)| (name.parse().unwrap(), *value));
    MetricsUpdate::Merge(MetricsPatch::from_pairs(changes).unwrap())
}
