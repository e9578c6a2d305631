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
    pub(super) fn after(there: LastIds, survey: &Survey) -> Self {
        Self {
            floor: there.model,
            shift: there.model.max(survey.last.model),
        }
    }

    /// The id that a model of the other registry has, whether it still exists or not.
    pub(super) fn image(&self, survey: &Survey, id: i64) -> i64 {
        match survey.lines.get(&id).map(|line| &line.fate) {
            Some(Fate::There(there)) => *there,
            _ if id > self.floor => id,
            _ => id + self.shift,
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
        if !text.contains("model_id\"") {
            return Ok(Some(text));
        }
        let bad = |problem: serde_json::Error| Error::StoredValue {
            row: format!("events {event}"),
            field: "after",
            problem: problem.to_string(),
        };
        let mut value: Value = serde_json::from_str(&text).map_err(bad)?;
        let Some(object) = value.as_object_mut() else {
            return Ok(Some(text));
        };
        let mut changed = false;
        for (key, value) in object {
            changed |= match key.as_str() {
                "model_id" | "parent_model_id" => self.number(survey, value),
                "lost_to" => self.reference(survey, value),
                "lost_by" => value.as_array_mut().is_some_and(|losers| {
                    let mut changed = false;
                    for loser in losers {
                        changed |= self.reference(survey, loser);
                    }
                    changed
                }),
                _ => false,
            };
        }
        if !changed {
            return Ok(Some(text));
        }
        serde_json::to_string(&value).map(Some).map_err(bad)
    }

    fn reference(&self, survey: &Survey, value: &mut Value) -> bool {
        value
            .get_mut("model_id")
            .is_some_and(|id| self.number(survey, id))
    }

    fn number(&self, survey: &Survey, value: &mut Value) -> bool {
        let Some(id) = value.as_i64() else { return false };
        let image = self.image(survey, id);
        *value = image.into();
        image != id
    }
}
