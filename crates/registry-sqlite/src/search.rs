//! Searches: the only SQL that is made at run time, because filters and orders combine freely.
//!
//! What a search means is said in `registry_core::search`; what is here finds the same models. [`condition`] says what
//! a filter asks of a row, [`seek`] and [`walk`] where rows can come from, [`page`] puts a statement together.

mod columns;
mod condition;
mod facets;
mod fact;
mod outline;
mod page;
mod reading;
mod seek;
mod shape;
mod statement;
#[cfg(test)]
mod tests;
mod walk;

use registry_core::Timestamp;
use registry_core::record::{FacetsRecord, ModelRecord, SummaryRecord};
use registry_core::search::{FacetLimits, SearchQuery};

pub(crate) use self::outline::{names, tags};
use self::page::{Found, Search, Way};
use self::seek::Rank;
use self::shape::{BETWEEN, MODEL, SUMMARY};
use crate::fields::Told;
use crate::readers::Readers;
use crate::{decode, fields};

/// As many as fit in one row, however large their metadata (SQLite's longest value is 1 GB). Above that each model is a
/// row.
const ONE_ROW: i64 = 250;

/// The models that fit, in light form.
pub(crate) async fn summaries(
    readers: &Readers,
    query: &SearchQuery,
    now: Timestamp,
    take: i64,
) -> sqlx::Result<Vec<SummaryRecord>> {
    records(readers, query, now, take, SUMMARY).await
}

/// The same as whole models.
pub(crate) async fn models(
    readers: &Readers,
    query: &SearchQuery,
    now: Timestamp,
    take: i64,
) -> sqlx::Result<Vec<ModelRecord>> {
    records(readers, query, now, take, MODEL).await
}

async fn records<T: Told>(
    readers: &Readers,
    query: &SearchQuery,
    now: Timestamp,
    take: i64,
    record: &str,
) -> sqlx::Result<Vec<T>> {
    if take <= 0 {
        return Ok(Vec::new());
    }
    let search = Search::new(query, now);
    let at_once = take <= ONE_ROW;
    let way = match search.way(at_once) {
        Some(way) => way,
        None => weigh(readers, &search, i64::MAX).await?.0,
    };
    if !at_once {
        let found = search.found(way, take);
        let text = format!("{}SELECT {record} FROM {}", found.with, found.models());
        let rows = found
            .binds
            .statement(text)
            .all(&mut *readers.reader().await?)
            .await?;
        let mut records = Vec::with_capacity(rows.len());
        for row in rows {
            records.extend(fields::record(readers, &row).await?);
        }
        return Ok(records);
    }
    let (complete, records) = one_row(readers, &search, way, record, take).await?;
    let seen = i64::try_from(records.len()).unwrap_or(i64::MAX);
    if complete || seen >= take {
        return Ok(records);
    }
    let steps = search.bounds.steps_at_this_rate(take, seen);
    let (way, count) = weigh(readers, &search, steps).await?;
    if let Some(among) = search.among(way, count) {
        let (_, records) = one_row(readers, &search, among, record, take).await?;
        if i64::try_from(records.len()).unwrap_or(i64::MAX) >= take {
            return Ok(records);
        }
    }
    let (_, records) = one_row(readers, &search, way, record, take).await?;
    Ok(records)
}

/// The records of a page, and whether one that is not full is complete.
async fn one_row<T: Told>(
    readers: &Readers,
    search: &Search<'_>,
    way: Way,
    record: &str,
    take: i64,
) -> sqlx::Result<(bool, Vec<T>)> {
    let found = search.found(way, take);
    let text = page(&found, record);
    let answer = found
        .binds
        .statement(text)
        .one(&mut *readers.reader().await?)
        .await?;
    let (complete, records) = answer.split_at_checked(1).unwrap_or_default();
    Ok((complete == "1", fields::records(readers, records).await?))
}

/// The statement of a page: one digit, and the records.
fn page(found: &Found, record: &str) -> String {
    format!(
        "{}SELECT concat({}, group_concat({record}, {BETWEEN})) FROM {}",
        found.with,
        found.complete,
        found.models()
    )
}

/// Counts what the seeks find and takes the better way; and how many the seek finds that is taken.
async fn weigh(readers: &Readers, search: &Search<'_>, steps: i64) -> sqlx::Result<(Way, i64)> {
    let seeks = search.weighed();
    let counts: Vec<i64> = decode::list(
        &search
            .counting(&seeks, steps)
            .one(&mut *readers.reader().await?)
            .await?,
    )?;
    Ok(search.weigh(&seeks, &counts, steps))
}

/// How many models fit, counted up to `take`.
pub(crate) async fn count(
    readers: &Readers,
    query: &SearchQuery,
    now: Timestamp,
    take: i64,
) -> sqlx::Result<i64> {
    let query = query.clone().from_start();
    let search = Search::new(&query, query.moment(now));
    counted(readers, &search, take).await
}

async fn counted(readers: &Readers, search: &Search<'_>, take: i64) -> sqlx::Result<i64> {
    let seek = match search.whole_seek() {
        Some(seek) => Some(seek),
        None => match *search.weighed() {
            [] => search.best_seek(),
            [seek] => Some(seek),
            [seek, ..] if search.seeks[seek].rank <= Rank::Version => Some(seek),
            ref seeks => return counted_by_the_better(readers, search, seeks, take).await,
        },
    };
    counted_by(readers, search, seek, take).await
}

async fn counted_by(
    readers: &Readers,
    search: &Search<'_>,
    seek: Option<usize>,
    take: i64,
) -> sqlx::Result<i64> {
    let count = search
        .count(seek, take)
        .one(&mut *readers.reader().await?)
        .await?;
    decode::one(&count)
}

/// As for a page: what is few, or found by some steps, is counted at once. Otherwise the seeks are counted, no further
/// than a walk would have to go on at the rate so far.
async fn counted_by_the_better(
    readers: &Readers,
    search: &Search<'_>,
    seeks: &[usize],
    take: i64,
) -> sqlx::Result<i64> {
    let mut steps = i64::MAX;
    if let Some(way @ Way::FewOrWalk(_)) = search.way(take <= search.bounds.many) {
        let (complete, found) = number(readers, search, way, take).await?;
        if complete || found >= take {
            return Ok(found);
        }
        steps = search.bounds.steps_at_this_rate(take, found);
    }
    let counts: Vec<i64> = decode::list(
        &search
            .counting(seeks, steps)
            .one(&mut *readers.reader().await?)
            .await?,
    )?;
    match search.weigh(seeks, &counts, steps).0 {
        Way::Walk if steps < i64::MAX => Ok(number(readers, search, Way::Walk, take).await?.1),
        _ => {
            let counts = seeks.iter().zip(counts);
            let least = counts.min_by_key(|(_, count)| *count).map(|(seek, _)| *seek);
            counted_by(readers, search, least, take).await
        }
    }
}

/// How many models a way finds, at most `take`, and whether there are no more.
async fn number(readers: &Readers, search: &Search<'_>, way: Way, take: i64) -> sqlx::Result<(bool, i64)> {
    let answer = search
        .number(way, take)
        .one(&mut *readers.reader().await?)
        .await?;
    let (complete, number) = answer.split_at_checked(1).unwrap_or_default();
    Ok((complete == "1", decode::one(number)?))
}

/// How the models that fit divide: those within the limit, in the order of the search.
pub(crate) async fn facets(
    readers: &Readers,
    query: &SearchQuery,
    now: Timestamp,
    limits: FacetLimits,
) -> sqlx::Result<FacetsRecord> {
    let query = query.clone().from_start();
    let search = Search::new(&query, query.moment(now));
    divided(readers, &search, limits).await
}

async fn divided(readers: &Readers, search: &Search<'_>, limits: FacetLimits) -> sqlx::Result<FacetsRecord> {
    let take = i64::from(limits.models) + 1;
    let way = match search.way(take <= search.bounds.many) {
        Some(way) => way,
        None => weigh(readers, search, i64::MAX).await?.0,
    };
    let (complete, facets) = divided_by(readers, search, way, limits).await?;
    if complete || facets.models >= take {
        return Ok(facets);
    }
    let steps = search.bounds.steps_at_this_rate(take, facets.models);
    let (way, count) = weigh(readers, search, steps).await?;
    if let Some(among) = search.among(way, count) {
        let (_, facets) = divided_by(readers, search, among, limits).await?;
        if facets.models >= take {
            return Ok(facets);
        }
    }
    Ok(divided_by(readers, search, way, limits).await?.1)
}

/// How the models divide that a way finds, and whether there are no more within the limit.
async fn divided_by(
    readers: &Readers,
    search: &Search<'_>,
    way: Way,
    limits: FacetLimits,
) -> sqlx::Result<(bool, FacetsRecord)> {
    let answer = search
        .facets(way, limits)
        .one(&mut *readers.reader().await?)
        .await?;
    let (complete, facets) = answer.split_at_checked(1).unwrap_or_default();
    Ok((complete == "1", decode::one(facets)?))
}
