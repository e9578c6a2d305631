//! Retiring and restoring.

use serde_json::json;

use super::{Decision, Draft, NewEvent};
use crate::backend::Change;
use crate::context::WriteContext;
use crate::event::EventKind;
use crate::model::Model;
use crate::status::Status;

/// Decides a change of status; tags stay. A model that has the status already is answered as it is.
pub fn set_status(mut model: Model, status: Status, context: &WriteContext) -> Decision<Model> {
    if model.status == status {
        return Draft::new().answer(model);
    }
    let kind = match status {
        Status::Active => EventKind::Restored,
        Status::Retired => EventKind::Retired,
    };
    let mut draft = Draft::new();
    let event = NewEvent::of(kind, &model.reference()).before(json!({ "status": model.status }));
    draft.event(event.after(json!({ "status": status })));
    model.status = status;
    model.updated_at = context.at;
    draft.change(Change::UpdateModel(Box::new(model.clone())));
    draft.answer(model)
}
