//! The rules of a model's life, as pure functions: state and request in, [`Decision`] or error out. No I/O, no
//! clock: the actor and the time come in with the [`WriteContext`](crate::WriteContext).

mod ancestry;
mod delete;
mod expected;
mod exports;
mod merging;
mod register;
mod settings;
mod status;
mod tags;
mod update;
mod webhooks;

pub use ancestry::cycle_cuts;
pub use delete::delete;
pub use expected::{expected, expected_webhook};
pub use exports::{add_export, remove_export};
pub use merging::{Contest, TagSide, contest};
pub use register::{RegisterState, register};
pub(crate) use register::{chosen_version, events_of as events_of_registration};
pub use settings::set_promotion_scope;
pub use status::set_status;
pub use tags::{PromoteState, RollbackState, label, promote, rollback, rollback_holder, untag};
pub use update::{UpdateState, update};
pub use webhooks::{create_webhook, delete_webhook, rotate_secret, update_webhook};
pub(crate) use webhooks::{gone, known_webhook, turning_off, unknown_webhook};

use serde_json::Value;

use crate::backend::Change;
use crate::event::{EventId, EventKind};
use crate::identifier::ModelRef;
use crate::status::Status;
use crate::text::TagName;

/// What a write will do: its events, its changes, and what it answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision<T> {
    /// The events, in order.
    pub events: Vec<NewEvent>,
    /// The changes, in order. A [`Change::PutTag`] and a
    /// [`WebhookChange::Start`](crate::backend::WebhookChange::Start) name their event by the place in `events` until it
    /// is numbered.
    pub changes: Vec<Change>,
    /// The answer.
    pub outcome: T,
}

/// An event before it has a number; time, actor and reason come from the context.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEvent {
    /// What happens.
    pub kind: EventKind,
    /// To which model.
    pub model: Option<ModelRef>,
    /// With which tag.
    pub tag: Option<TagName>,
    /// What was before.
    pub before: Value,
    /// What is after.
    pub after: Value,
    /// For a promotion: the event by which the holder before had got the tag.
    pub previous: Option<EventId>,
}

impl NewEvent {
    fn of(kind: EventKind, model: &ModelRef) -> Self {
        Self {
            kind,
            model: Some(model.clone()),
            tag: None,
            before: Value::Null,
            after: Value::Null,
            previous: None,
        }
    }

    fn tag(mut self, tag: &TagName) -> Self {
        self.tag = Some(tag.clone());
        self
    }

    fn before(mut self, before: Value) -> Self {
        self.before = before;
        self
    }

    fn after(mut self, after: Value) -> Self {
        self.after = after;
        self
    }
}

/// A model that holds a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The model.
    pub model: ModelRef,
    /// Whether it is in use; a retired model keeps its tags but is not found by them.
    pub status: Status,
    /// Whether it was promoted; otherwise the tag is a label.
    pub promoted: bool,
    /// The event by which it got the tag.
    pub event: EventId,
}

/// The one whom `:tag` finds: of the active holders, the one that got it last.
fn current(holders: &[Holder]) -> Option<&Holder> {
    holders
        .iter()
        .filter(|holder| holder.status == Status::Active)
        .max_by_key(|holder| holder.event)
}

/// A decision that collects its parts.
struct Draft {
    events: Vec<NewEvent>,
    changes: Vec<Change>,
}

impl Draft {
    fn new() -> Self {
        Self {
            events: Vec::new(),
            changes: Vec::new(),
        }
    }

    /// Adds an event and returns its place, as [`Change::PutTag`] names it.
    fn event(&mut self, event: NewEvent) -> EventId {
        self.events.push(event);
        EventId(i64::try_from(self.events.len() - 1).unwrap_or(i64::MAX))
    }

    fn change(&mut self, change: Change) {
        self.changes.push(change);
    }

    fn answer<T>(self, outcome: T) -> Decision<T> {
        Decision {
            events: self.events,
            changes: self.changes,
            outcome,
        }
    }
}
