//! Registration of a model version.

use std::collections::HashSet;

use serde_json::json;

use super::{Decision, Draft, NewEvent};
use crate::backend::Change;
use crate::context::WriteContext;
use crate::error::{Error, Result};
use crate::event::EventKind;
use crate::export::Export;
use crate::identifier::{ModelId, ModelRef};
use crate::model::Model;
use crate::outcome::{Registered, TagHolder};
use crate::quantity::SizeMb;
use crate::registration::{Registration, VersionChoice};
use crate::status::Status;
use crate::tag::Tag;
use crate::version::Version;

/// The state that a registration is decided on.
#[derive(Debug, Clone, PartialEq)]
pub struct RegisterState {
    /// The id that the new model will have.
    pub id: ModelId,
    /// The last ordinal of its name; 0 for a new name.
    pub last_ordinal: u64,
    /// The model that has this name and version already.
    pub existing: Option<ModelRef>,
    /// The parent, where one was named and exists.
    pub parent: Option<ModelRef>,
    /// Of the labels it asks for, who holds them by promotion.
    pub promoted_holders: Vec<TagHolder>,
}

/// The version that a registration gets, from the name's highest version.
///
/// # Errors
/// When there is no version after the highest.
pub(crate) fn chosen_version(choice: &VersionChoice, highest: Option<&Version>) -> Result<Version> {
    Ok(match (choice, highest) {
        (VersionChoice::Exact(version), _) => version.clone(),
        (VersionChoice::Next(bump), None) => Version::first(*bump),
        (VersionChoice::Next(bump), Some(highest)) => highest.next(*bump)?,
    })
}

/// Decides a registration. `registration.version` is resolved to `version` by the caller, who loaded `state` for it.
///
/// # Errors
/// [`Error::ModelExists`] when name and version are taken, [`Error::NumbersExhausted`] when its name has no ordinal left.
pub fn register(
    state: RegisterState,
    registration: Registration,
    version: Version,
    context: &WriteContext,
) -> Result<Decision<Registered>> {
    if let Some(holder) = state.existing {
        return Err(Error::ModelExists {
            name: registration.name,
            version,
            holder: Some(holder),
        });
    }
    let ordinal = next_ordinal(state.last_ordinal).ok_or_else(|| Error::NumbersExhausted {
        of: format!("versions of `{}`", registration.name),
    })?;
    let model = model(&state, ordinal, registration, version, context);
    let reference = model.reference();
    let mut draft = Draft::new();
    draft.event(NewEvent::of(EventKind::Registered, &reference).after(json!({
        "checkpoint_path": model.checkpoint_path,
        "task_type": model.task_type,
        "config_hash": model.config_hash,
        "parent_model_id": model.parent,
        "metrics": model.metrics,
    })));
    draft.change(Change::InsertModel(Box::new(model.clone())));
    for tag in &model.tags {
        let event = draft.event(NewEvent::of(EventKind::Labelled, &reference).tag(&tag.name));
        draft.change(Change::PutTag {
            model: reference.clone(),
            tag: tag.clone(),
            event,
        });
    }
    for export in &model.exports {
        let after = json!({ "export_format": export.format, "export_path": export.path });
        draft.event(NewEvent::of(EventKind::ExportAdded, &reference).after(after));
        draft.change(Change::PutExport {
            model: model.id,
            export: export.clone(),
        });
    }
    if model.status == Status::Retired {
        draft.event(NewEvent::of(EventKind::Retired, &reference).after(json!({ "status": model.status })));
    }
    Ok(draft.answer(Registered {
        model,
        promoted_holders: state.promoted_holders,
    }))
}

/// How many events [`register`] makes of a registration: registered, labelled, exported, retired.
pub(crate) fn events_of(registration: &Registration) -> usize {
    let exports = registration.exports.iter();
    let exports: HashSet<_> = exports.map(|export| (&export.format, &export.path)).collect();
    let tags: HashSet<_> = registration.tags.iter().collect();
    1 + tags.len() + exports.len() + usize::from(registration.status == Status::Retired)
}

/// The ordinal after another, which a database must be able to keep.
fn next_ordinal(last: u64) -> Option<u64> {
    last.checked_add(1).filter(|next| i64::try_from(*next).is_ok())
}

fn model(
    state: &RegisterState,
    ordinal: u64,
    registration: Registration,
    version: Version,
    context: &WriteContext,
) -> Model {
    let mut tags: Vec<Tag> = registration
        .tags
        .into_iter()
        .map(|name| Tag {
            name,
            since: context.at,
            promoted: false,
        })
        .collect();
    tags.sort_by(|a, b| a.name.cmp(&b.name));
    tags.dedup_by(|a, b| a.name == b.name);

    let mut exports: Vec<Export> = Vec::new();
    for export in registration.exports {
        let export = export.at(context.at);
        exports.retain(|other| (&other.format, &other.path) != (&export.format, &export.path));
        exports.push(export);
    }
    exports.sort_by(|a, b| (&a.format, &a.path).cmp(&(&b.format, &b.path)));

    let mut declared_formats = Vec::new();
    for format in registration.export_formats {
        if !declared_formats.contains(&format) {
            declared_formats.push(format);
        }
    }
    Model {
        id: state.id,
        name: registration.name,
        version,
        ordinal,
        checkpoint_path: registration.checkpoint.path,
        checkpoint_absolute: registration.checkpoint.absolute,
        size_bytes: registration.checkpoint.size_bytes,
        task_type: registration.task_type,
        config_hash: registration.config_hash,
        training_run_id: registration.training_run_id,
        parent: state.parent.as_ref().map(|parent| parent.id),
        created_at: context.at,
        updated_at: context.at,
        created_by: context.actor.clone(),
        metrics: registration.metrics,
        declared_formats,
        exports,
        model_size_mb: registration
            .model_size_mb
            .or_else(|| registration.checkpoint.size_bytes.map(SizeMb::from_bytes)),
        memory_req_gb: registration.memory_req_gb,
        metadata: registration.metadata,
        notes: registration.notes,
        status: registration.status,
        tags,
    }
}
