//! The story that the events tell of each tag, against the tags that models hold.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{DoctorReport, OTHER_MEANS};
use crate::event::{Event, EventId, EventKind};
use crate::record::HoldingRecord;

/// What the events say, oldest first, and what the models have.
#[derive(Debug, Default)]
pub struct TagStory {
    /// The events that give a tag: to which model, which tag, and whether by promotion.
    given: HashMap<i64, (i64, String, bool)>,
    /// The last event of each model with each tag.
    last: BTreeMap<(i64, String), Last>,
    /// The model that was promoted last to each tag, as `name@version`.
    promoted: BTreeMap<String, (i64, String)>,
    models: HashSet<i64>,
    held: BTreeMap<(i64, String), HoldingRecord>,
}

#[derive(Debug)]
struct Last {
    event: i64,
    gives: bool,
}

impl TagStory {
    /// Takes note of an event, and examines to which one before it it leads.
    pub fn add(&mut self, event: &Event, report: &mut DoctorReport) {
        let (Some(model), Some(tag)) = (&event.model, &event.tag) else {
            return;
        };
        if let Some(previous) = event.previous {
            self.previous(event, previous, tag.as_str(), report);
        }
        let (id, tag) = (model.id.get(), tag.as_str().to_owned());
        let gives = event.kind.gives_tag();
        if gives {
            let promoted = event.kind != EventKind::Labelled;
            self.given.insert(event.id.0, (id, tag.clone(), promoted));
            if promoted {
                let who = format!("{}@{}", model.name, model.version);
                self.promoted.insert(tag.clone(), (id, who));
            }
        }
        let event = event.id.0;
        self.last.insert((id, tag), Last { event, gives });
    }

    fn previous(&self, event: &Event, previous: EventId, tag: &str, report: &mut DoctorReport) {
        let message = match self.given.get(&previous.0) {
            Some((_, given, _)) if given == tag => return,
            Some((_, given, _)) => {
                format!("the event before it, {previous}, is of another tag: `{given}`")
            }
            None => format!("the event before it, {previous}, does not exist or gives no tag"),
        };
        report.problem(
            "previous_event",
            format!("event {}", event.id),
            message,
            OTHER_MEANS,
        );
    }

    /// Takes note of a model.
    pub fn exists(&mut self, model: i64) {
        self.models.insert(model);
    }

    pub(super) fn has(&self, model: i64) -> bool {
        self.models.contains(&model)
    }

    /// Takes note of a tag that a model has.
    pub fn hold(&mut self, holding: HoldingRecord) {
        self.held.insert((holding.model_id, holding.tag.clone()), holding);
    }

    /// Says where both disagree.
    pub fn tell(&self, report: &mut DoctorReport) {
        for ((model, tag), holding) in &self.held {
            let said = self.given.get(&holding.event_id);
            let as_held = (*model, tag, holding.promoted != 0);
            if said.map(|(model, tag, promoted)| (*model, tag, *promoted)) != Some(as_held) {
                let message = format!("no event gave it the tag `{tag}` in this way");
                let hint = "remove the tag with `registry-cli untag` and give it again";
                report.problem("tag_event", format!("model {model}"), message, hint);
            }
        }
        for ((model, tag), last) in &self.last {
            if self.models.contains(model) {
                self.against_history(*model, tag, last, report);
            }
        }
        for (tag, (model, who)) in &self.promoted {
            let nobody = self.held.keys().all(|(_, held)| held != tag);
            if nobody && !self.models.contains(model) {
                let message = format!("its last holder {who} was deleted, and nobody holds it since");
                let hint = "promote another model if the tag is still in use";
                report.notice("tag_without_holder", format!("tag `{tag}`"), message, hint);
            }
        }
    }

    fn against_history(&self, model: i64, tag: &str, last: &Last, report: &mut DoctorReport) {
        let held = self.held.get(&(model, tag.to_owned()));
        let message = if last.gives {
            if held.is_some_and(|held| held.event_id == last.event) {
                return;
            }
            format!(
                "the history's last word gives it the tag `{tag}`, which it holds not or by another event"
            )
        } else {
            if held.is_none() {
                return;
            }
            format!("the history's last word takes the tag `{tag}` from it, which it holds")
        };
        report.problem("tag_history", format!("model {model}"), message, OTHER_MEANS);
    }
}
