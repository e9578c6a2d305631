//! What no order of writes may break, and whether the history tells how the registry came to be as it is.

use std::collections::{BTreeMap, BTreeSet};

use registry_core::{Event, EventKind, Model, ModelId, Status, TagName};

use crate::Dump;

/// What can be asked of models that were read in one look: no double ordinal, no parent that is missing, no cycle.
pub fn assert_models(models: &[Model]) {
    let by_id: BTreeMap<ModelId, &Model> = models.iter().map(|model| (model.id, model)).collect();
    let mut ordinals = BTreeSet::new();
    for model in models {
        assert!(ordinals.insert((&model.name, model.ordinal)), "a double ordinal");
        let mut line = vec![model.id];
        while let Some(parent) = by_id[&line[line.len() - 1]].parent {
            assert!(by_id.contains_key(&parent), "a parent that is not there");
            assert!(!line.contains(&parent), "a cycle of parents");
            line.push(parent);
        }
    }
}

/// How many of the models have a tag.
pub fn holders(models: &[Model], tag: &TagName) -> usize {
    models.iter().filter(|model| model.tag(tag).is_some()).count()
}

/// Which model had which ordinal of which name, over many looks: none is ever used again.
#[derive(Debug, Default)]
pub struct Ordinals(BTreeMap<(String, u64), ModelId>);

impl Ordinals {
    /// Takes note of models.
    pub fn note(&mut self, models: &[Model]) {
        for model in models {
            let place = (model.name.as_str().to_owned(), model.ordinal);
            let known = *self.0.entry(place).or_insert(model.id);
            assert_eq!(known, model.id, "an ordinal that was used again");
        }
    }
}

/// A model as its events tell it.
#[derive(Debug, PartialEq)]
struct Told {
    status: Status,
    parent: Option<i64>,
    /// Each tag with the event that gave it and whether by promotion.
    tags: BTreeMap<String, bool>,
}

/// The models and the history of a registry that nobody writes any more agree, and no number was used twice.
pub fn assert_explained(dump: &Dump) {
    assert_models(&dump.models);
    let mut events: Vec<&Event> = dump.events.iter().collect();
    events.sort_by_key(|event| event.id);
    assert!(
        events.windows(2).all(|pair| pair[0].id < pair[1].id),
        "a number of an event that was used twice"
    );
    let mut told = BTreeMap::new();
    let mut ever = BTreeSet::new();
    for event in events {
        let Some(model) = &event.model else { continue };
        if event.kind == EventKind::Registered {
            assert!(ever.insert(model.id), "an id that was used twice");
        }
        tell(&mut told, model.id, event);
    }
    let found: BTreeMap<ModelId, Told> = dump
        .models
        .iter()
        .map(|model| {
            let tags = model.tags.iter();
            let told = Told {
                status: model.status,
                parent: model.parent.map(ModelId::get),
                tags: tags
                    .map(|tag| (tag.name.as_str().to_owned(), tag.promoted))
                    .collect(),
            };
            (model.id, told)
        })
        .collect();
    assert_eq!(told, found, "the history tells something else");
}

fn tell(told: &mut BTreeMap<ModelId, Told>, id: ModelId, event: &Event) {
    let tag = || event.tag.as_ref().map(|tag| tag.as_str().to_owned()).unwrap();
    if event.kind == EventKind::Registered {
        let new = Told {
            status: Status::Active,
            parent: event.after["parent_model_id"].as_i64(),
            tags: BTreeMap::new(),
        };
        told.insert(id, new);
        return;
    }
    let Some(model) = told.get_mut(&id) else {
        panic!("{:?} of a model that was not there: {event:?}", event.kind);
    };
    match event.kind {
        EventKind::Promoted | EventKind::RolledBack => {
            model.tags.insert(tag(), true);
        }
        EventKind::Labelled => {
            let new = model.tags.insert(tag(), false).is_none();
            assert!(new, "a label of a tag that it had: {event:?}");
        }
        EventKind::TagLost | EventKind::Untagged => {
            assert!(
                model.tags.remove(&tag()).is_some(),
                "it did not have it: {event:?}"
            );
        }
        EventKind::Retired => model.status = Status::Retired,
        EventKind::Restored => model.status = Status::Active,
        EventKind::Updated => {
            if let Some(parent) = event.after.get("parent_model_id") {
                let before = event.before["parent_model_id"].as_i64();
                assert_eq!(before, model.parent, "the parent before: {event:?}");
                model.parent = parent.as_i64();
            }
        }
        EventKind::Deleted => {
            told.remove(&id);
        }
        _ => {}
    }
}
