//! Whichever way is taken, the page is the same.

use registry_core::Timestamp;
use registry_core::record::SummaryRecord;
use registry_core::search::{Cursor, FacetLimits, Heading, ModelSummary, SearchQuery};

use super::super::page::{Bounds, Search, Way};
use super::super::shape::SUMMARY;
use super::super::{count, counted, divided, divided_by, one_row, summaries};
use super::family::searches;
use super::registry_of;
use crate::SqliteStore;

const NOW: Timestamp = Timestamp::EPOCH;
const TAKE: i64 = 21;

async fn page(store: &SqliteStore, search: &Search<'_>, way: Way) -> (bool, Vec<SummaryRecord>) {
    one_row(store.readers(), search, way, SUMMARY, TAKE)
        .await
        .unwrap()
}

/// The first page, by every way.
async fn every_way(store: &SqliteStore, query: &SearchQuery) -> Vec<SummaryRecord> {
    let mut search = Search::new(query, NOW);
    let (_, walked) = page(store, &search, Way::Walk).await;
    for seek in 0..search.seeks.len() {
        let (_, sought) = page(store, &search, Way::Seek(seek)).await;
        assert_eq!(sought, walked, "{query:?}\n{:#?}", search.seeks[seek]);
        if !search.walk.in_order {
            continue;
        }
        for (few, steps) in [(2, 30), (i64::MAX - 1, 1), (0, i64::MAX)] {
            search.bounds = Bounds {
                few,
                steps,
                ..Bounds::default()
            };
            let (complete, found) = page(store, &search, Way::FewOrWalk(seek)).await;
            assert!(found.len() <= walked.len(), "{query:?}");
            if complete || found.len() == walked.len() {
                assert_eq!(
                    found, walked,
                    "{query:?} {few} {steps}\n{:#?}",
                    search.seeks[seek]
                );
            }
        }
        for steps in [0, 30, i64::MAX] {
            let (_, found) = page(store, &search, Way::Among(seek, steps)).await;
            assert!(
                walked.starts_with(&found),
                "{query:?} {steps}\n{:#?}",
                search.seeks[seek]
            );
            let parts = search.walk.parts(&search.reading).len();
            assert!(
                found.len() == walked.len() || steps < i64::MAX || parts > 1,
                "{query:?}"
            );
        }
    }
    assert_eq!(
        summaries(store.readers(), query, NOW, TAKE).await.unwrap(),
        walked,
        "{query:?}"
    );
    walked
}

/// Counts and facets are those of a walk to the end, however early another way seems better.
async fn counts_by_every_way(store: &SqliteStore, query: &SearchQuery) {
    let limits = FacetLimits {
        models: 40,
        values: 50,
    };
    let readers = store.readers();
    let mut search = Search::new(query, NOW);
    let (_, whole) = divided_by(readers, &search, Way::Walk, limits).await.unwrap();
    for (few, steps, many) in [(2, 30, 100), (256, 2_000, 50_000), (0, 1, 50_000), (1, 300, 2)] {
        search.bounds = Bounds { few, steps, many };
        let found = divided(readers, &search, limits).await.unwrap();
        assert_eq!(found, whole, "{query:?} {few} {steps} {many}");
        let number = counted(readers, &search, 41).await.unwrap();
        assert_eq!(number, whole.models, "{query:?} {few} {steps} {many}");
    }
}

fn behind(query: &SearchQuery, record: &SummaryRecord, heading: Heading) -> SearchQuery {
    let model = ModelSummary::try_from(record.clone()).unwrap();
    let cursor = Cursor::at(query, &model, heading, NOW);
    query.clone().from_cursor(cursor).unwrap()
}

#[tokio::test]
async fn every_way_finds_the_same_pages() {
    let (_folder, store) = registry_of(600).await;
    for query in searches() {
        let first = every_way(&store, &query).await;
        let Some(last) = first.last() else { continue };
        let second = every_way(&store, &behind(&query, last, Heading::Forward)).await;
        let back = every_way(&store, &behind(&query, last, Heading::Backward)).await;
        let before: Vec<_> = first[..first.len() - 1].iter().rev().cloned().collect();
        assert_eq!(back, before, "{query:?}");
        let many = summaries(store.readers(), &query, NOW, i64::MAX).await.unwrap();
        let joined: Vec<_> = first.iter().chain(&second).cloned().collect();
        assert_eq!(many[..joined.len()], joined, "{query:?}");
        let counted = count(store.readers(), &query, NOW, i64::MAX).await.unwrap();
        assert_eq!(counted, i64::try_from(many.len()).unwrap(), "{query:?}");
        counts_by_every_way(&store, &query.clone().from_start()).await;
    }
}
