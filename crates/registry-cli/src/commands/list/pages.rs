//! Reading page by page and printing each, so that a list of any length takes the memory of a page.

use registry_core::search::{Cursor, Heading, ModelSummary, SearchPage, SearchQuery};
use registry_core::{Limit, Model, RegistryStore, Result, Timestamp};

use super::COUNTED_FOR_PEOPLE;
use super::form::{End, Form};
use crate::commands::PIECE;
use crate::failure::Failure;
use crate::render::Listed;
use crate::session::Session;

/// How a list was printed.
pub(super) enum Printed {
    /// There was nothing in it.
    Nothing,
    /// There was.
    Some {
        /// Where to read on.
        next: Option<Cursor>,
    },
    /// The reader went away, or printing failed.
    Stopped(std::io::Error),
}

/// What a page can hold.
pub(super) trait Loaded: Listed + Sized {
    async fn page(store: &dyn RegistryStore, query: &SearchQuery, now: Timestamp)
    -> Result<SearchPage<Self>>;
}

impl Loaded for Model {
    async fn page(
        store: &dyn RegistryStore,
        query: &SearchQuery,
        now: Timestamp,
    ) -> Result<SearchPage<Self>> {
        store.search_models(query, now).await
    }
}

impl Loaded for ModelSummary {
    async fn page(
        store: &dyn RegistryStore,
        query: &SearchQuery,
        now: Timestamp,
    ) -> Result<SearchPage<Self>> {
        store.search(query, now).await
    }
}

/// Prints as many models as the limit allows, from the query's place on.
pub(super) async fn print<T: Loaded>(
    mut query: SearchQuery,
    limit: Limit,
    now: Timestamp,
    mut form: Form,
    store: &dyn RegistryStore,
    session: &mut Session<'_, '_>,
) -> std::result::Result<Printed, Failure> {
    let mut left = match limit {
        Limit::AtMost(limit) => limit,
        Limit::Unlimited => u32::MAX,
    };
    // Pages that lead back come in the wrong order to be printed one by one.
    let backward = query.heading() == Heading::Backward;
    if backward && limit == Limit::Unlimited {
        return Err(Failure::usage(
            "a cursor that leads back goes with the size of one page, not with all",
            "leave out --all, or begin without --cursor",
        ));
    }
    let from_start = query.cursor().is_none();
    let mut previous = None;
    let mut shown: u64 = 0;
    let next = loop {
        let size = if backward { left } else { left.min(PIECE) };
        let page = T::page(store, &query.clone().limit(Limit::AtMost(size)), now).await?;
        let count = u32::try_from(page.items.len()).unwrap_or(u32::MAX);
        if shown == 0 {
            previous = page.previous;
        }
        shown += u64::from(count);
        if limit != Limit::Unlimited {
            left = left.saturating_sub(count);
        }
        let on = page.next.filter(|_| count > 0 || backward);
        let further = left > 0 && !backward && on.is_some();
        let piece = form.page(&page.items, further, &session.screen);
        if let Err(error) = session.print(&piece) {
            return Ok(Printed::Stopped(error));
        }
        match on {
            Some(next) if further => query = query.from_start().from_cursor(next)?,
            next => break next,
        }
    };
    let whole = from_start && next.is_none();
    let all = if form.is_for_people() && shown > 0 && !whole {
        Some(store.count(&query, now, Some(COUNTED_FOR_PEOPLE)).await?)
    } else {
        None
    };
    let end = form.end(End {
        shown,
        all,
        next: next.as_ref(),
        previous: previous.as_ref(),
    });
    if let Err(error) = session.print(&end) {
        return Ok(Printed::Stopped(error));
    }
    Ok(match shown {
        0 => Printed::Nothing,
        _ => Printed::Some { next },
    })
}
