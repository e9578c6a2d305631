//! Lists: models as a search orders them, names and tags by their bytes, events newest first; page by page.

use std::collections::BTreeMap;

use registry_core::search::{Count, SearchPage, SearchQuery};
use registry_core::{
    COUNTED, CatalogQuery, Event, EventId, HistoryQuery, Limit, Model, ModelName, NameSummary, Page,
    Selector, TagName, TagSummary, Timestamp,
};

use super::state::State;

impl State {
    pub(super) fn search(&self, query: &SearchQuery, now: Timestamp) -> SearchPage<Model> {
        let page = query.page_of(self.models.values(), now);
        SearchPage {
            items: page.items.into_iter().cloned().collect(),
            next: page.next,
            previous: page.previous,
        }
    }

    pub(super) fn names(&self, query: &CatalogQuery<ModelName>) -> Page<NameSummary, ModelName> {
        let mut names: BTreeMap<&str, Vec<&Model>> = BTreeMap::new();
        for model in self.models.values() {
            names.entry(model.name.as_str()).or_default().push(model);
        }
        let after = query.after.as_ref().map_or("", ModelName::as_str);
        let names = names.into_iter().filter(|(name, _)| *name > after);
        let summaries = names.filter_map(|(_, versions)| {
            let highest = versions.iter().max_by(|a, b| a.version.cmp(&b.version))?;
            Some(NameSummary {
                name: highest.name.clone(),
                versions: counted(versions.len()),
                highest: highest.reference(),
                registered_at: highest.created_at,
            })
        });
        page(summaries, query.limit, |name| name.name.clone())
    }

    pub(super) fn tags(&self, query: &CatalogQuery<TagName>) -> Page<TagSummary, TagName> {
        let mut tags: BTreeMap<&str, (TagName, usize)> = BTreeMap::new();
        for tag in self.models.values().flat_map(|model| &model.tags) {
            let counted = tags.entry(tag.name.as_str()).or_insert((tag.name.clone(), 0));
            counted.1 += 1;
        }
        let after = query.after.as_ref().map_or("", TagName::as_str);
        let tags = tags.into_iter().filter(|(tag, _)| *tag > after);
        let summaries = tags.map(|(_, (tag, models))| {
            let selector = Selector::Tag {
                tag: tag.clone(),
                name: None,
            };
            let holder = self.find(&selector);
            TagSummary {
                models: counted(models),
                holder: holder.map(Model::reference),
                since: holder.and_then(|holder| Some(holder.tag(&tag)?.since)),
                tag,
            }
        });
        page(summaries, query.limit, |tag| tag.tag.clone())
    }

    pub(super) fn history(&self, query: &HistoryQuery) -> Page<Event, EventId> {
        let events = self.events.iter().rev().filter(|event| {
            let model = event.model.as_ref();
            query
                .model
                .is_none_or(|id| model.is_some_and(|model| model.id == id))
                && query
                    .name
                    .as_ref()
                    .is_none_or(|name| model.is_some_and(|model| model.name == *name))
                && query
                    .tag
                    .as_ref()
                    .is_none_or(|tag| event.tag.as_ref() == Some(tag))
                && query.before.is_none_or(|before| event.id < before)
        });
        page(events.cloned(), query.limit, |event| event.id)
    }
}

fn counted(number: usize) -> Count {
    Count::bounded(u64::try_from(number).unwrap(), Some(COUNTED))
}

/// At most `limit` entries, and where to read on if that is not all.
fn page<T, C>(entries: impl Iterator<Item = T>, limit: Limit, cursor: impl Fn(&T) -> C) -> Page<T, C> {
    let mut items: Vec<T> = entries.collect();
    let mut next = None;
    if let Limit::AtMost(limit) = limit {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        if items.len() > limit {
            items.truncate(limit);
            next = items.last().map(cursor);
        }
    }
    Page { items, next }
}
