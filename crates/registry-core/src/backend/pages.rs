//! Pages of what a backend has found.

use crate::error::{Error, Result};
use crate::query::{Limit, Page};
use crate::record::convert;

/// A page reads one entry more than it shows, to know whether there is a next page.
pub(super) fn one_more(limit: Limit) -> i64 {
    match limit {
        // Nothing to show, nothing to read on from.
        Limit::AtMost(0) => 0,
        limit => limit.as_i64().saturating_add(1),
    }
}

/// A count goes one further than its bound, to know whether there are more.
pub(super) fn one_beyond(up_to: Option<u64>) -> i64 {
    up_to
        .and_then(|bound| i64::try_from(bound).ok())
        .map_or(i64::MAX, |bound| bound.saturating_add(1))
}

pub(super) fn page<R, T: TryFrom<R, Error = Error>, C>(
    mut records: Vec<R>,
    limit: Limit,
    cursor: impl Fn(&T) -> C,
) -> Result<Page<T, C>> {
    let shown = usize::try_from(limit.as_i64()).unwrap_or(usize::MAX);
    let more = records.len() > shown;
    records.truncate(shown);
    let items: Vec<T> = convert(records)?;
    let next = items.last().filter(|_| more).map(cursor);
    Ok(Page { items, next })
}
