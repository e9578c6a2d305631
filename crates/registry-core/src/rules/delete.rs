//! Deleting a model version.

use serde_json::json;

use super::{Decision, Draft, NewEvent};
use crate::backend::Change;
use crate::context::WriteContext;
use crate::error::{Error, Result};
use crate::event::EventKind;
use crate::identifier::ModelRef;
use crate::model::Model;
use crate::outcome::Deletion;

/// Decides a delete. By force the tags go with the model and its children lose their parent, each with an event.
/// Checkpoint and export files are never touched.
///
/// # Errors
/// [`Error::ModelInUse`] when it has tags or children and `force` is off.
pub fn delete(
    model: Model,
    children: Vec<ModelRef>,
    force: bool,
    context: &WriteContext,
) -> Result<Decision<Deletion>> {
    let reference = model.reference();
    let in_use = !model.tags.is_empty() || !children.is_empty();
    if in_use && !force {
        let tags = model.tags.into_iter().map(|tag| tag.name).collect();
        return Err(Error::ModelInUse {
            model: reference,
            tags,
            children,
        });
    }
    let mut draft = Draft::new();
    for tag in &model.tags {
        let event = NewEvent::of(EventKind::Untagged, &reference).tag(&tag.name);
        draft.event(event.before(json!({ "promoted": tag.promoted })));
        draft.change(Change::RemoveTag {
            model: model.id,
            tag: tag.name.clone(),
        });
    }
    for child in &children {
        let event = NewEvent::of(EventKind::Updated, child).before(json!({ "parent_model_id": model.id }));
        draft.event(event.after(json!({ "parent_model_id": null })));
        draft.change(Change::ClearParent {
            model: child.id,
            at: context.at,
        });
    }
    draft.event(NewEvent::of(EventKind::Deleted, &reference).before(json!(model)));
    draft.change(Change::DeleteModel(model.id));
    Ok(draft.answer(Deletion {
        model,
        orphans: children,
    }))
}
