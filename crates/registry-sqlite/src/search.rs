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
        None => weigh(readers, &search, i64::MAX).await?,
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
    // As many steps as the whole page takes at the rate of the first ones.
    let steps = search.bounds.steps.saturating_mul(take) / seen.max(1);
    let way = weigh(readers, &search, steps).await?;
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

/// Counts what the seeks find and takes the better way.
async fn weigh(readers: &Readers, search: &Search<'_>, steps: i64) -> sqlx::Result<Way> {
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
    let seek = match search.whole_seek() {
        Some(seek) => Some(seek),
        None => match *search.weighed() {
            [] => search.best_seek(),
            [seek] => Some(seek),
            [seek, ..] if search.seeks[seek].rank <= Rank::Version => Some(seek),
            ref seeks => {
                let counts: Vec<i64> = decode::list(
                    &search
                        .counting(seeks, i64::MAX)
                        .one(&mut *readers.reader().await?)
                        .await?,
                )?;
                seeks
                    .iter()
                    .zip(counts)
                    .min_by_key(|(_, count)| *count)
                    .map(|(seek, _)| *seek)
            }
        },
    };
    let count = search
        .count(seek, take)
        .one(&mut *readers.reader().await?)
        .await?;
    decode::one(&count)
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
    let way = match search.way(false) {
        Some(way) => way,
        None => weigh(readers, &search, i64::MAX).await?,
    };
    let facets = search
        .facets(way, limits)
        .one(&mut *readers.reader().await?)
        .await?;
    decode::one(&facets)
}
