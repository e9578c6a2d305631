//! What the registry holds, how a model is found in it, and how a write leaves an event.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};

use registry_core::{
    Error, Event, EventId, EventKind, Model, ModelId, ModelName, ModelRef, Result, Selector, Settings,
    Status, TagName, WriteContext,
};
use serde_json::Value;

use super::kept::Kept;
use super::webhooks::Hooks;

/// Everything that the registry holds.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    pub(super) models: BTreeMap<ModelId, Model>,
    /// The event by which a model got a tag that it has.
    pub(super) grants: BTreeMap<(ModelId, TagName), EventId>,
    /// Oldest first.
    pub(super) events: Vec<Event>,
    /// The number that the first of them follows.
    pub(super) events_before: i64,
    pub(super) last_id: i64,
    pub(super) last_ordinals: BTreeMap<ModelName, u64>,
    pub(super) settings: Settings,
    pub(super) kept: Kept,
    pub(super) hooks: Hooks,
}

impl State {
    pub(super) fn model(&self, id: ModelId) -> Result<&Model> {
        self.models.get(&id).ok_or_else(|| Error::ModelNotFound {
            wanted: id.to_string(),
        })
    }

    pub(super) fn versions(&self, name: &ModelName) -> impl Iterator<Item = &Model> {
        self.models.values().filter(move |model| model.name == *name)
    }

    pub(super) fn find(&self, selector: &Selector) -> Option<&Model> {
        match selector {
            Selector::Id(id) => self.models.get(id),
            Selector::Version { name, version } => self.versions(name).find(|m| m.version == *version),
            Selector::Range { name, range } => {
                highest(self.versions(name).filter(|m| range.matches(&m.version)))
            }
            Selector::Latest { name, prereleases } => {
                let releases = self
                    .versions(name)
                    .filter(|m| *prereleases || !m.version.is_prerelease());
                highest(releases).or_else(|| highest(self.versions(name)))
            }
            Selector::Tag { tag, name } => self.holder(tag, name.as_ref()),
        }
    }

    /// The models with the tag, retired ones too, in the order in which they got it.
    pub(super) fn tagged(&self, tag: &TagName, name: Option<&ModelName>) -> Vec<&Model> {
        let mut models: Vec<&Model> = self
            .models
            .values()
            .filter(|model| model.tag(tag).is_some() && name.is_none_or(|name| model.name == *name))
            .collect();
        models.sort_by_key(|model| self.grants[&(model.id, tag.clone())]);
        models
    }

    /// Whom `:tag` finds: of the active models with the tag, the one that got it last.
    pub(super) fn holder(&self, tag: &TagName, name: Option<&ModelName>) -> Option<&Model> {
        let tagged = self.tagged(tag, name);
        tagged.into_iter().rfind(|model| model.status == Status::Active)
    }

    /// The last of the others that hold the tag by promotion, retired or not.
    pub(super) fn promoted_other(&self, model: Option<ModelId>, tag: &TagName) -> Option<ModelRef> {
        let mut tagged = self.tagged(tag, None).into_iter();
        let other = tagged.rfind(|m| Some(m.id) != model && m.tag(tag).is_some_and(|tag| tag.promoted));
        other.map(Model::reference)
    }

    /// The number of the last event; none where there are more events than numbers.
    pub(super) fn last_event(&self) -> Option<EventId> {
        let count = i64::try_from(self.events.len()).ok()?;
        self.events_before.checked_add(count).map(EventId)
    }

    pub(super) fn event(&self, id: EventId) -> Option<&Event> {
        self.events.iter().find(|event| event.id == id)
    }
}

fn highest<'a>(models: impl Iterator<Item = &'a Model>) -> Option<&'a Model> {
    models.max_by(|a, b| a.version.cmp(&b.version))
}

/// A write in progress: the state that it works on, and who, when and why.
pub(super) struct Write<'a> {
    state: &'a mut State,
    pub(super) context: &'a WriteContext,
}

impl<'a> Write<'a> {
    pub(super) fn new(state: &'a mut State, context: &'a WriteContext) -> Self {
        Self { state, context }
    }

    /// Adds an event to the history.
    pub(super) fn log(
        &mut self,
        kind: EventKind,
        model: Option<ModelRef>,
        tag: Option<&TagName>,
    ) -> Logged<'_> {
        // Behind the last number the write is refused when it is done.
        let last = self.state.last_event().map_or(i64::MAX, |last| last.0);
        let id = EventId(last.saturating_add(1));
        self.state.events.push(Event {
            id,
            at: self.context.at,
            kind,
            actor: self.context.actor.clone(),
            reason: self.context.reason.clone(),
            model,
            tag: tag.cloned(),
            before: Value::Null,
            after: Value::Null,
            previous: None,
        });
        let place = self.state.events.len() - 1;
        Logged(&mut self.state.events[place])
    }

    /// There are ids for so many new models.
    pub(super) fn ids_left(&self, count: usize) -> Result<()> {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        match self.last_id.checked_add(count) {
            Some(_) => Ok(()),
            None => Err(Error::NumbersExhausted { of: "models".into() }),
        }
    }

    /// The model is as whoever writes expects it.
    pub(super) fn expected(&self, id: ModelId) -> Result<()> {
        let Some(expected) = self.context.expected() else {
            return Ok(());
        };
        let model = self.model(id)?;
        let revision = model.revision()?;
        if !expected.contains(&revision) {
            let model = model.reference();
            return Err(Error::RevisionChanged { model, revision });
        }
        Ok(())
    }

    pub(super) fn model_mut(&mut self, id: ModelId) -> Result<&mut Model> {
        self.state
            .models
            .get_mut(&id)
            .ok_or_else(|| Error::ModelNotFound {
                wanted: id.to_string(),
            })
    }
}

impl Deref for Write<'_> {
    type Target = State;

    fn deref(&self) -> &State {
        self.state
    }
}

impl DerefMut for Write<'_> {
    fn deref_mut(&mut self) -> &mut State {
        self.state
    }
}

/// An event just logged, to say more about it.
pub(super) struct Logged<'a>(&'a mut Event);

impl Logged<'_> {
    pub(super) fn before(self, before: Value) -> Self {
        self.0.before = before;
        self
    }

    pub(super) fn after(self, after: Value) -> Self {
        self.0.after = after;
        self
    }

    pub(super) fn previous(self, previous: Option<EventId>) -> Self {
        self.0.previous = previous;
        self
    }

    pub(super) fn id(self) -> EventId {
        self.0.id
    }
}
