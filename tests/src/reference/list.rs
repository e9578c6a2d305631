//! Lists: models and events, newest first, page by page.

use registry_core::{Cursor, Event, EventId, HistoryQuery, Limit, Model, ModelQuery, Page};

use super::state::State;

impl State {
    pub(super) fn list(&self, query: &ModelQuery) -> Page<Model, Cursor> {
        let mut models: Vec<&Model> = self.models.values().filter(|m| fits(m, query)).collect();
        models.sort_by_key(|model| std::cmp::Reverse((model.created_at, model.id)));
        let rest = models.into_iter().filter(|model| {
            query
                .after
                .is_none_or(|after| (model.created_at, model.id) < (after.created_at, after.id))
        });
        page(rest.cloned(), query.limit, |model| Cursor {
            created_at: model.created_at,
            id: model.id,
        })
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

fn fits(model: &Model, query: &ModelQuery) -> bool {
    let metric = query.metric.as_ref().is_none_or(|bound| {
        model.metrics.get(bound.name.as_str()).is_some_and(|value| {
            bound.min.is_none_or(|min| value >= min) && bound.max.is_none_or(|max| value <= max)
        })
    });
    metric
        && query
            .task_type
            .as_ref()
            .is_none_or(|task| model.task_type == *task)
        && query.tag.as_ref().is_none_or(|tag| model.tag(tag).is_some())
        && query.status.is_none_or(|status| model.status == status)
        && query.name.as_ref().is_none_or(|name| model.name == *name)
        && query.parent.is_none_or(|parent| model.parent == Some(parent))
        && query
            .config_hash
            .as_ref()
            .is_none_or(|hash| model.config_hash == *hash)
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
