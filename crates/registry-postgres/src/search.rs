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
use serde::de::DeserializeOwned;
use sqlx::PgPool;

pub(crate) use self::outline::{names, tags};
use self::page::{Search, Way};
use self::seek::Rank;
use self::shape::{MODEL, MODEL_COLUMNS, ModelRow, SUMMARY, SUMMARY_COLUMNS, SummaryRow};
use crate::decode;

/// As many as fit in one row of JSON, however large their metadata (PostgreSQL's longest value is 1 GB). Above that each
/// model is a row.
const ONE_ROW: i64 = 250;

/// The models that fit, in light form.
pub(crate) async fn summaries(
    readers: &PgPool,
    query: &SearchQuery,
    now: Timestamp,
    take: i64,
) -> sqlx::Result<Vec<SummaryRecord>> {
    let rows: Vec<SummaryRow> = rows(readers, query, now, take, SUMMARY_COLUMNS, SUMMARY).await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// The same as whole models.
pub(crate) async fn models(
    readers: &PgPool,
    query: &SearchQuery,
    now: Timestamp,
    take: i64,
) -> sqlx::Result<Vec<ModelRecord>> {
    let rows: Vec<ModelRow> = rows(readers, query, now, take, MODEL_COLUMNS, MODEL).await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

async fn rows<T: DeserializeOwned>(
    readers: &PgPool,
    query: &SearchQuery,
    now: Timestamp,
    take: i64,
    columns: &str,
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
        let found = search.found(way, columns, take);
        let text = format!(
            "{}SELECT {record}::text FROM ({}) AS shown",
            found.with, found.rows
        );
        let records = found.binds.statement(text).all(readers).await?;
        return records.iter().map(|record| decode::one(record)).collect();
    }
    let (complete, rows) = one_row(readers, &search, way, columns, record, take).await?;
    let seen = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    if complete || seen >= take {
        return Ok(rows);
    }
    // As many steps as the whole page takes at the rate of the first ones.
    let steps = search.bounds.steps.saturating_mul(take) / seen.max(1);
    let way = weigh(readers, &search, steps).await?;
    let (_, rows) = one_row(readers, &search, way, columns, record, take).await?;
    Ok(rows)
}

async fn one_row<T: DeserializeOwned>(
    readers: &PgPool,
    search: &Search<'_>,
    way: Way,
    columns: &str,
    record: &str,
    take: i64,
) -> sqlx::Result<(bool, Vec<T>)> {
    let found = search.found(way, columns, take);
    let text = format!(
        "{}SELECT json_build_array({}, COALESCE(json_agg({record}), '[]'))::text FROM ({}) AS shown",
        found.with, found.complete, found.rows
    );
    let answer = found.binds.statement(text).one(readers).await?;
    decode::one(&answer)
}

/// Counts what the seeks find and takes the better way.
async fn weigh(readers: &PgPool, search: &Search<'_>, steps: i64) -> sqlx::Result<Way> {
    let seeks = search.weighed();
    let counts: Vec<i64> = decode::list(&search.counting(&seeks, steps).one(readers).await?)?;
    Ok(search.weigh(&seeks, &counts, steps))
}

/// How many models fit, counted up to `take`.
pub(crate) async fn count(
    readers: &PgPool,
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
                let counts: Vec<i64> = decode::list(&search.counting(seeks, i64::MAX).one(readers).await?)?;
                seeks
                    .iter()
                    .zip(counts)
                    .min_by_key(|(_, count)| *count)
                    .map(|(seek, _)| *seek)
            }
        },
    };
    let count = search.count(seek, take).one(readers).await?;
    decode::one(&count)
}

/// How the models that fit divide: those within the limit, in the order of the search.
pub(crate) async fn facets(
    readers: &PgPool,
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
    let facets = search.facets(way, limits).one(readers).await?;
    decode::one(&facets)
}
