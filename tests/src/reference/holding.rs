//! Who held a tag at a time: the history is played again up to then.

use std::collections::{BTreeMap, BTreeSet};

use registry_core::{Event, EventKind, Holding, ModelId, ModelName, TagName, Timestamp};

use super::state::State;

impl State {
    pub(super) fn holding(&self, tag: &TagName, name: Option<&ModelName>, at: Timestamp) -> Option<Holding> {
        let mut grants: BTreeMap<ModelId, &Event> = BTreeMap::new();
        let mut retired: BTreeSet<ModelId> = BTreeSet::new();
        for event in self.events.iter().filter(|event| event.at <= at) {
            let Some(model) = &event.model else { continue };
            let this_tag = event.tag.as_ref() == Some(tag);
            match event.kind {
                EventKind::Promoted | EventKind::RolledBack | EventKind::Labelled if this_tag => {
                    grants.insert(model.id, event);
                }
                EventKind::TagLost | EventKind::Untagged if this_tag => {
                    grants.remove(&model.id);
                }
                EventKind::Retired => {
                    retired.insert(model.id);
                }
                EventKind::Restored => {
                    retired.remove(&model.id);
                }
                _ => {}
            }
        }
        let holders = grants.iter().filter(|(id, _)| !retired.contains(*id));
        let (event, holder) = holders
            .filter_map(|(_, event)| Some((*event, event.model.as_ref()?)))
            .filter(|(_, model)| name.is_none_or(|name| model.name == *name))
            .max_by_key(|(event, _)| event.id)?;
        Some(Holding {
            tag: tag.clone(),
            holder: holder.clone(),
            since: event.at,
            actor: event.actor.clone(),
            event: event.id,
            model: self.models.get(&holder.id).cloned(),
        })
    }
}
