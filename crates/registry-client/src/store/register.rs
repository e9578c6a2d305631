//! Registrations, as lines of JSON.

use registry_core::{
    Bump, CheckpointPath, Error, ExportFormat, MemoryGb, Metadata, Metrics, ModelId, NewExport, Notes,
    Parent, Registered, Registration, Result, SizeMb, Status, TagHolder, TagName, TrainingRunId, Version,
    VersionChoice,
};
use serde::{Deserialize, Serialize};

use super::{Also, Written};

/// A line; what is empty is left out, but for the size: that nobody looked is said.
#[derive(Serialize)]
pub(super) struct NewModel<'r> {
    name: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'r Version>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bump: Option<&'static str>,
    checkpoint_path: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    checkpoint_absolute: Option<&'r str>,
    size_bytes: Option<u64>,
    task_type: &'r str,
    config_hash: &'r str,
    metrics: &'r Metrics,
    declared_formats: &'r [ExportFormat],
    exports: &'r [NewExport],
    #[serde(skip_serializing_if = "Option::is_none")]
    model_size_mb: Option<SizeMb>,
    #[serde(skip_serializing_if = "Option::is_none")]
    memory_req_gb: Option<MemoryGb>,
    #[serde(skip_serializing_if = "Option::is_none")]
    training_run_id: Option<TrainingRunId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_model_id: Option<ModelId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_line: Option<u32>,
    metadata: &'r Metadata,
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<&'r str>,
    tags: &'r [TagName],
    status: Status,
}

pub(super) fn line(registration: &Registration) -> NewModel<'_> {
    let (version, bump) = match &registration.version {
        VersionChoice::Exact(version) => (Some(version), None),
        VersionChoice::Next(bump) => (None, Some(word(*bump))),
    };
    let (mut parent_model_id, mut parent, mut parent_line) = (None, None, None);
    match &registration.parent {
        None => {}
        Some(Parent::Id(id)) => parent_model_id = Some(*id),
        Some(Parent::Version(name, version)) => parent = Some(format!("{name}@{version}")),
        // No request has so many lines that its number would not fit.
        Some(Parent::Entry(place)) => {
            parent_line = Some(u32::try_from(*place).map_or(u32::MAX, |place| place.saturating_add(1)));
        }
    }
    let checkpoint = &registration.checkpoint;
    NewModel {
        name: registration.name.as_str(),
        version,
        bump,
        checkpoint_path: checkpoint.path.as_str(),
        checkpoint_absolute: checkpoint.absolute.as_ref().map(CheckpointPath::as_str),
        size_bytes: checkpoint.size_bytes,
        task_type: registration.task_type.as_str(),
        config_hash: registration.config_hash.as_str(),
        metrics: &registration.metrics,
        declared_formats: &registration.export_formats,
        exports: &registration.exports,
        model_size_mb: registration.model_size_mb,
        memory_req_gb: registration.memory_req_gb,
        training_run_id: registration.training_run_id,
        parent_model_id,
        parent,
        parent_line,
        metadata: &registration.metadata,
        notes: registration.notes.as_ref().map(Notes::as_str),
        tags: &registration.tags,
        status: registration.status,
    }
}

pub(super) fn lines(registrations: &[Registration]) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    for registration in registrations {
        serde_json::to_writer(&mut text, &line(registration)).map_err(|source| Error::Storage {
            action: "write the request as JSON".into(),
            source: source.into(),
        })?;
        text.push(b'\n');
    }
    Ok(text)
}

fn word(bump: Bump) -> &'static str {
    match bump {
        Bump::Major => "major",
        Bump::Minor => "minor",
        Bump::Patch => "patch",
    }
}

/// Of a registration.
#[derive(Deserialize)]
pub(super) struct Held {
    promoted_holders: Vec<TagHolder>,
}

impl Also for Held {}

impl From<Written<Held>> for Registered {
    fn from(Written { model, also }: Written<Held>) -> Self {
        Self {
            model,
            promoted_holders: also.promoted_holders,
        }
    }
}

/// The answer of many.
#[derive(Deserialize)]
pub(super) struct Many {
    models: Vec<Written<Held>>,
}

impl From<Many> for Vec<Registered> {
    fn from(many: Many) -> Self {
        many.models.into_iter().map(Registered::from).collect()
    }
}
