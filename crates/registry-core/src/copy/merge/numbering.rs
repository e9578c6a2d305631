//! Which numbers rows have in the registry that they come to.

use serde_json::Value;

use super::survey::{Fate, Survey};
use crate::error::{Error, Result};
use crate::event::EventKind;
use crate::identifier::ModelId;
use crate::record::{EventRecord, LastIds};

/// The ids of models: those above all that were ever given there stay, the others become higher by the same amount.
#[derive(Debug, Clone, Copy)]
pub(super) struct Numbering {
    floor: i64,
    shift: i64,
}

impl Numbering {
    /// # Errors
    /// [`NumbersExhausted`](Error::NumbersExhausted).
    pub(super) fn after(there: LastIds, survey: &Survey) -> Result<Self> {
        let numbering = Self {
            floor: there.model,
            shift: there.model.max(survey.last.model),
        };
        let moved = survey.new_lines().filter(|id| *id <= numbering.floor).max();
        match moved.map(|id| id.checked_add(numbering.shift)) {
            Some(None) => Err(Error::NumbersExhausted { of: "models".into() }),
            _ => Ok(numbering),
        }
    }

    /// The id that a model of the other registry has, whether it still exists or not.
    pub(super) fn image(&self, survey: &Survey, id: i64) -> i64 {
        match survey.lines.get(&id).map(|line| &line.fate) {
            Some(Fate::There(there)) => *there,
            _ if id > self.floor => id,
            _ => id.saturating_add(self.shift),
        }
    }

    /// The same as an id.
    pub(super) fn id(&self, survey: &Survey, id: i64) -> Result<ModelId> {
        let image = self.image(survey, id);
        ModelId::try_from(image).map_err(|problem| Error::StoredValue {
            row: format!("models {id}"),
            field: "model_id",
            problem: problem.to_string(),
        })
    }

    /// The highest id that a new model gets; 0 for none.
    pub(super) fn highest(&self, survey: &Survey) -> i64 {
        let images = survey.new_lines().map(|id| self.image(survey, id));
        images.max().unwrap_or(0)
    }

    /// The event with the ids that its models have; `previous` is left to the caller.
    pub(super) fn event(&self, survey: &Survey, mut event: EventRecord) -> Result<EventRecord> {
        event.model_id = event.model_id.map(|id| self.image(survey, id));
        // What an adopted row was before is the original's, and stays as it was there.
        let before_is_ours = event.kind != EventKind::Adopted.as_str();
        if before_is_ours {
            event.before = self.json(survey, event.before, event.event_id)?;
        }
        event.after = self.json(survey, event.after, event.event_id)?;
        Ok(event)
    }

    /// Only what names a model by another id is another text afterwards.
    fn json(&self, survey: &Survey, text: Option<String>, event: i64) -> Result<Option<String>> {
        let Some(text) = text else { return Ok(None) };
        let Some(mut value) = naming_models(&text, event)? else {
            return Ok(Some(text));
        };
        let mut changed = false;
        each_id(&mut value, &mut |id| changed |= self.number(survey, id));
        if !changed {
            return Ok(Some(text));
        }
        serde_json::to_string(&value)
            .map(Some)
            .map_err(|problem| bad(event, &problem))
    }

    fn number(&self, survey: &Survey, value: &mut Value) -> bool {
        let Some(id) = value.as_i64() else { return false };
        let image = self.image(survey, id);
        *value = image.into();
        image != id
    }
}

/// The models that an event names besides its own.
pub(super) fn named(event: &EventRecord) -> Result<Vec<i64>> {
    let before = event
        .before
        .as_ref()
        .filter(|_| event.kind != EventKind::Adopted.as_str());
    let mut ids = Vec::new();
    for text in [before, event.after.as_ref()].into_iter().flatten() {
        if let Some(mut value) = naming_models(text, event.event_id)? {
            each_id(&mut value, &mut |id| ids.extend(id.as_i64()));
        }
    }
    Ok(ids)
}

/// What an event says, if that can name models.
fn naming_models(text: &str, event: i64) -> Result<Option<Value>> {
    if !text.contains("model_id\"") {
        return Ok(None);
    }
    serde_json::from_str(text)
        .map(Some)
        .map_err(|problem| bad(event, &problem))
}

fn bad(event: i64, problem: &serde_json::Error) -> Error {
    Error::StoredValue {
        row: format!("events {event}"),
        field: "after",
        problem: problem.to_string(),
    }
}

/// Every place in it where the id of a model stands.
fn each_id(value: &mut Value, act: &mut dyn FnMut(&mut Value)) {
    for (key, value) in value.as_object_mut().into_iter().flatten() {
        match key.as_str() {
            "model_id" | "parent_model_id" => act(value),
            "lost_to" => {
                if let Some(id) = value.get_mut("model_id") {
                    act(id);
                }
            }
            "lost_by" => {
                let losers = value.as_array_mut().into_iter().flatten();
                losers
                    .filter_map(|loser| loser.get_mut("model_id"))
                    .for_each(&mut *act);
            }
            _ => {}
        }
    }
}
