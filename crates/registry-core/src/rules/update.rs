//! Changes to a model's fields.

use serde_json::Value;

use super::{Decision, Draft, NewEvent};
use crate::backend::Change;
use crate::context::WriteContext;
use crate::error::{Error, Result};
use crate::event::EventKind;
use crate::identifier::ModelRef;
use crate::model::Model;
use crate::quantity::SizeMb;
use crate::update::{FieldUpdate, MetadataUpdate, MetricsUpdate, ModelUpdate};

/// The state that an update is decided on.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateState {
    /// The model.
    pub model: Model,
    /// The new parent, where one was named and exists.
    pub parent: Option<ModelRef>,
    /// Whether the new parent is the model itself or descends from it.
    pub parent_descends: bool,
}

/// Decides an update. One that sets what is there already changes nothing.
///
/// # Errors
/// [`Error::EmptyUpdate`], [`Error::ParentCycle`], or [`Error::Invalid`] when merged values break a rule.
pub fn update(state: UpdateState, update: ModelUpdate, context: &WriteContext) -> Result<Decision<Model>> {
    if is_empty(&update) {
        return Err(Error::EmptyUpdate);
    }
    let UpdateState {
        model: old,
        parent,
        parent_descends,
    } = state;
    if let (Some(parent), true) = (parent, parent_descends) {
        return Err(Error::ParentCycle {
            model: old.reference(),
            parent,
        });
    }
    let mut new = old.clone();
    if let Some(task_type) = update.task_type {
        new.task_type = task_type;
    }
    new.metrics = update.metrics.apply(&old.metrics)?;
    new.metadata = update.metadata.apply(&old.metadata)?;
    new.memory_req_gb = update.memory_req_gb.apply(old.memory_req_gb);
    new.training_run_id = update.training_run_id.apply(old.training_run_id);
    new.notes = update.notes.apply(old.notes.clone());
    new.parent = update.parent.apply(old.parent);
    if let Some(checkpoint) = update.checkpoint {
        new.checkpoint_path = checkpoint.path;
        new.checkpoint_absolute = checkpoint.absolute;
        new.size_bytes = checkpoint.size_bytes;
        new.model_size_mb = checkpoint
            .size_bytes
            .map(SizeMb::from_bytes)
            .or(old.model_size_mb);
    }
    new.model_size_mb = update.model_size_mb.apply(new.model_size_mb);

    let (before, after) = old.changes_to(&new);
    let mut draft = Draft::new();
    if after.is_empty() {
        // The same values in another order are the same, and the answer is what is stored.
        return Ok(draft.answer(old));
    }
    new.updated_at = context.at;
    let event = NewEvent::of(EventKind::Updated, &new.reference());
    draft.event(event.before(Value::Object(before)).after(Value::Object(after)));
    draft.change(Change::UpdateModel(Box::new(new.clone())));
    Ok(draft.answer(new))
}

fn is_empty(update: &ModelUpdate) -> bool {
    let ModelUpdate {
        task_type,
        metrics,
        metadata,
        memory_req_gb,
        model_size_mb,
        training_run_id,
        notes,
        checkpoint,
        parent,
    } = update;
    task_type.is_none()
        && matches!(metrics, MetricsUpdate::Keep)
        && matches!(metadata, MetadataUpdate::Keep)
        && memory_req_gb.is_keep()
        && model_size_mb.is_keep()
        && training_run_id.is_keep()
        && matches!(notes, FieldUpdate::Keep)
        && checkpoint.is_none()
        && parent.is_keep()
}
