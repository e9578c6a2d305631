//! Long lists: page after page of the server, until there are as many as were asked for.

use registry_core::search::{Cursor, Heading, SearchPage, SearchQuery};
use registry_core::{CatalogQuery, Event, EventId, HistoryQuery, Limit, Page, Result, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{HttpStore, PAGE};
use crate::http::Call;

/// How many ids are asked for at a time. They stand in the address of the request.
pub(super) const IDS: usize = 500;

/// How many of a list are still wanted.
pub(super) struct Wanted(Option<u32>);

impl Wanted {
    pub(super) fn of(limit: Limit) -> Self {
        Self(match limit {
            Limit::AtMost(limit) => Some(limit),
            Limit::Unlimited => None,
        })
    }

    /// How many to ask for next.
    pub(super) fn next(&self) -> u32 {
        self.0.map_or(PAGE, |left| left.min(PAGE))
    }

    /// Whether that was all.
    pub(super) fn is_done(&mut self, got: usize) -> bool {
        let got = u32::try_from(got).unwrap_or(u32::MAX);
        self.0 = self.0.map(|left| left.saturating_sub(got));
        self.0 == Some(0) || got == 0
    }
}

#[derive(Deserialize)]
struct Found<T> {
    models: Vec<T>,
    next: Option<Cursor>,
    previous: Option<Cursor>,
}

#[derive(Deserialize)]
struct Catalog<T, C> {
    #[serde(alias = "names", alias = "tags")]
    items: Vec<T>,
    next: Option<C>,
}

#[derive(Deserialize)]
struct Events {
    events: Vec<Event>,
    next: Option<EventId>,
}

impl HttpStore {
    pub(super) async fn search_pages<T: DeserializeOwned>(
        &self,
        query: &SearchQuery,
        now: Timestamp,
        short: bool,
    ) -> Result<SearchPage<T>> {
        let mut wanted = Wanted::of(query.page_limit());
        let mut whole: Option<SearchPage<T>> = None;
        let mut query = query.clone();
        loop {
            query = query.limit(Limit::AtMost(wanted.next()));
            let call = Call::ask(["search"]).with("short", short).json(&query)?;
            let found: Found<T> = self.http.read(self.timed(call, now)).await?;
            let got = found.models.len();
            let onward = match query.heading() {
                Heading::Forward => found.next.clone(),
                Heading::Backward => found.previous.clone(),
            };
            let page = joined(whole.take(), found, query.heading());
            match onward {
                Some(cursor) if !wanted.is_done(got) => query = query.from_start().from_cursor(cursor)?,
                _ => return Ok(page),
            }
            whole = Some(page);
        }
    }

    pub(super) async fn catalog_pages<T, C>(
        &self,
        kind: &'static str,
        query: &CatalogQuery<C>,
    ) -> Result<Page<T, C>>
    where
        T: DeserializeOwned,
        C: DeserializeOwned + Clone + ToString,
    {
        let mut wanted = Wanted::of(query.limit);
        let (mut items, mut after) = (Vec::new(), query.after.clone());
        loop {
            let call = Call::get([kind])
                .with("limit", wanted.next())
                .with_some("after", after.as_ref().map(ToString::to_string));
            let page: Catalog<T, C> = self.http.read(call).await?;
            let got = page.items.len();
            items.extend(page.items);
            if wanted.is_done(got) || page.next.is_none() {
                return Ok(Page {
                    items,
                    next: page.next,
                });
            }
            after = page.next;
        }
    }

    pub(super) async fn history_pages(&self, query: &HistoryQuery) -> Result<Page<Event, EventId>> {
        let mut wanted = Wanted::of(query.limit);
        let (mut items, mut before) = (Vec::new(), query.before);
        loop {
            let call = Call::get(["events"])
                .with_some("model_id", query.model)
                .with_some("name", query.name.as_ref())
                .with_some("tag", query.tag.as_ref())
                .with("limit", wanted.next())
                .with_some("before", before);
            let page: Events = self.http.read(call).await?;
            let got = page.events.len();
            items.extend(page.events);
            if wanted.is_done(got) || page.next.is_none() {
                return Ok(Page {
                    items,
                    next: page.next,
                });
            }
            before = page.next;
        }
    }
}

/// What was found so far, with the page that comes behind it, or before it.
fn joined<T>(whole: Option<SearchPage<T>>, found: Found<T>, heading: Heading) -> SearchPage<T> {
    let Some(mut whole) = whole else {
        return SearchPage {
            items: found.models,
            next: found.next,
            previous: found.previous,
        };
    };
    match heading {
        Heading::Forward => {
            whole.items.extend(found.models);
            whole.next = found.next;
        }
        Heading::Backward => {
            whole.items.splice(0..0, found.models);
            whole.previous = found.previous;
        }
    }
    whole
}
