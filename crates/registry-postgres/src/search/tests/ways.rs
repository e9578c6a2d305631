//! Whichever way is taken, the page is the same.

use registry_core::Timestamp;
use registry_core::record::SummaryRecord;
use registry_core::search::{Cursor, Heading, ModelSummary, SearchQuery};

use super::super::page::{Bounds, Search, Way};
use super::super::{count, page, summaries};
use super::family::searches;
use super::{registry_of, remove};
use crate::PostgresStore;

const NOW: Timestamp = Timestamp::EPOCH;
const TAKE: i64 = 21;

async fn found(store: &PostgresStore, search: &Search<'_>, way: Way) -> (bool, Vec<SummaryRecord>) {
    page(&mut store.connections().lend().await.unwrap(), search, way, TAKE)
        .await
        .unwrap()
}

/// The first page, by every way.
async fn every_way(store: &PostgresStore, query: &SearchQuery) -> Vec<SummaryRecord> {
    let mut search = Search::new(query, NOW);
    let (_, walked) = found(store, &search, Way::Walk).await;
    for seek in 0..search.seeks.len() {
        let (_, sought) = found(store, &search, Way::Seek(seek)).await;
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
            let (complete, found) = found(store, &search, Way::FewOrWalk(seek)).await;
            assert!(found.len() <= walked.len(), "{query:?}");
            if complete || found.len() == walked.len() {
                assert_eq!(
                    found, walked,
                    "{query:?} {few} {steps}\n{:#?}",
                    search.seeks[seek]
                );
            }
        }
    }
    assert_eq!(
        summaries(&mut store.connections().lend().await.unwrap(), query, NOW, TAKE)
            .await
            .unwrap(),
        walked,
        "{query:?}"
    );
    walked
}

fn behind(query: &SearchQuery, record: &SummaryRecord, heading: Heading) -> SearchQuery {
    let model = ModelSummary::try_from(record.clone()).unwrap();
    let cursor = Cursor::at(query, &model, heading, NOW);
    query.clone().from_cursor(cursor).unwrap()
}

#[tokio::test]
async fn every_way_finds_the_same_pages() {
    let store = registry_of(600).await;
    for query in searches() {
        let first = every_way(&store, &query).await;
        let Some(last) = first.last() else { continue };
        let second = every_way(&store, &behind(&query, last, Heading::Forward)).await;
        let back = every_way(&store, &behind(&query, last, Heading::Backward)).await;
        let before: Vec<_> = first[..first.len() - 1].iter().rev().cloned().collect();
        assert_eq!(back, before, "{query:?}");
        let mut reader = store.connections().lend().await.unwrap();
        let many = summaries(&mut reader, &query, NOW, i64::MAX).await.unwrap();
        let joined: Vec<_> = first.iter().chain(&second).cloned().collect();
        assert_eq!(many[..joined.len()], joined, "{query:?}");
        let counted = count(&mut reader, &query, NOW, i64::MAX).await.unwrap();
        assert_eq!(counted, i64::try_from(many.len()).unwrap(), "{query:?}");
    }
    remove(store).await;
}
