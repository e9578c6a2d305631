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
pub(crate) mod tests;
mod walk;

use registry_core::Timestamp;
use registry_core::record::{FacetsRecord, ModelRecord, SummaryRecord};
use registry_core::search::{FacetLimits, SearchQuery};
use sqlx::{PgConnection, Row as _};

pub(crate) use self::outline::{names, tags};
use self::page::{Search, Way};
use self::seek::Rank;
use self::shape::Shown;
use crate::decode;

/// Of so few the page that a first statement finds may be shown; of more the ways are weighed before.
const A_PAGE: i64 = 250;

/// How many statements a search takes at most.
pub(crate) const STATEMENTS: usize = 4;

/// The models that fit, in light form.
pub(crate) async fn summaries(
    reader: &mut PgConnection,
    query: &SearchQuery,
    now: Timestamp,
    take: i64,
) -> sqlx::Result<Vec<SummaryRecord>> {
    rows(reader, query, now, take).await
}

/// The same as whole models.
pub(crate) async fn models(
    reader: &mut PgConnection,
    query: &SearchQuery,
    now: Timestamp,
    take: i64,
) -> sqlx::Result<Vec<ModelRecord>> {
    rows(reader, query, now, take).await
}

async fn rows<T: Shown>(
    reader: &mut PgConnection,
    query: &SearchQuery,
    now: Timestamp,
    take: i64,
) -> sqlx::Result<Vec<T>> {
    if take <= 0 {
        return Ok(Vec::new());
    }
    let search = Search::new(query, now);
    let way = match search.way(take <= A_PAGE) {
        Some(way) => way,
        None => weigh(&mut *reader, &search, i64::MAX).await?,
    };
    let (complete, rows) = page(&mut *reader, &search, way, take).await?;
    let seen = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    if complete || seen >= take {
        return Ok(rows);
    }
    // As many steps as the whole page takes at the rate of the first ones.
    let steps = search.bounds.steps.saturating_mul(take) / seen.max(1);
    let way = weigh(&mut *reader, &search, steps).await?;
    let (_, rows) = page(&mut *reader, &search, way, take).await?;
    Ok(rows)
}

/// The models of a page, and whether there are no more of them within `take`.
async fn page<T: Shown>(
    reader: &mut PgConnection,
    search: &Search<'_>,
    way: Way,
    take: i64,
) -> sqlx::Result<(bool, Vec<T>)> {
    let found = search.page::<T>(way, take).rows(reader).await?;
    let complete = found.first().map_or(Ok(true), |row| row.try_get(0))?;
    let mut rows = Vec::with_capacity(found.len());
    for row in &found {
        rows.extend(T::read(row)?);
    }
    Ok((complete, rows))
}

/// Counts what the seeks find and takes the better way.
async fn weigh(reader: &mut PgConnection, search: &Search<'_>, steps: i64) -> sqlx::Result<Way> {
    let seeks = search.weighed();
    let counts: Vec<i64> = decode::list(&search.counting(&seeks, steps).one(&mut *reader).await?)?;
    Ok(search.weigh(&seeks, &counts, steps))
}

/// How many models fit, counted up to `take`.
pub(crate) async fn count(
    reader: &mut PgConnection,
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
                let counts: Vec<i64> =
                    decode::list(&search.counting(seeks, i64::MAX).one(&mut *reader).await?)?;
                seeks
                    .iter()
                    .zip(counts)
                    .min_by_key(|(_, count)| *count)
                    .map(|(seek, _)| *seek)
            }
        },
    };
    let count = search.count(seek, take).one(&mut *reader).await?;
    decode::one(&count)
}

/// How the models that fit divide: those within the limit, in the order of the search.
pub(crate) async fn facets(
    reader: &mut PgConnection,
    query: &SearchQuery,
    now: Timestamp,
    limits: FacetLimits,
) -> sqlx::Result<FacetsRecord> {
    let query = query.clone().from_start();
    let search = Search::new(&query, query.moment(now));
    let way = match search.way(false) {
        Some(way) => way,
        None => weigh(&mut *reader, &search, i64::MAX).await?,
    };
    let facets = search.facets(way, limits).one(&mut *reader).await?;
    decode::one(&facets)
}
