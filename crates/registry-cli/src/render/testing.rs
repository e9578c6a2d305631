//! Screens and models for the renderers' own tests.

use registry_core::{Metrics, Model, Tag, Timestamp};

use super::Screen;

/// A wide Unicode screen without colour.
pub(crate) const WIDE: Screen = Screen {
    width: 120,
    color: false,
    unicode: true,
    utc: true,
};

/// A screen of 80 columns that shows ASCII only.
pub(crate) const ASCII: Screen = Screen {
    width: 80,
    color: false,
    unicode: false,
    utc: true,
};

/// No terminal: nothing wraps.
pub(crate) const PIPE: Screen = Screen {
    width: usize::MAX,
    ..ASCII
};

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A model with nothing optional.
pub(crate) fn a_model(id: i64, name: &str, version: &str) -> Model {
    let created = at("2026-01-31T12:00:00Z");
    Model {
        id: id.try_into().unwrap(),
        name: name.parse().unwrap(),
        version: version.parse().unwrap(),
        ordinal: 1,
        checkpoint_path: "runs/model.safetensors".parse().unwrap(),
        checkpoint_absolute: None,
        size_bytes: None,
        task_type: "language_modeling".parse().unwrap(),
        config_hash: "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
            .parse()
            .unwrap(),
        training_run_id: None,
        parent: None,
        created_at: created,
        updated_at: created,
        created_by: "alice".parse().unwrap(),
        metrics: Metrics::default(),
        declared_formats: Vec::new(),
        exports: Vec::new(),
        model_size_mb: None,
        memory_req_gb: None,
        metadata: registry_core::Metadata::default(),
        notes: None,
        status: registry_core::Status::Active,
        tags: Vec::new(),
    }
}

/// The model with these metrics, as JSON.
pub(crate) fn with_metrics(mut model: Model, json: &str) -> Model {
    model.metrics = json.parse().unwrap();
    model
}

/// The model with this tag.
pub(crate) fn tagged(mut model: Model, name: &str, promoted: bool) -> Model {
    model.tags.push(Tag {
        name: name.parse().unwrap(),
        since: at("2026-02-01T09:30:00Z"),
        promoted,
    });
    model
}

/// The model with this parent.
pub(crate) fn child_of(mut model: Model, parent: i64) -> Model {
    model.parent = Some(parent.try_into().unwrap());
    model
}
