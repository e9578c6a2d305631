//! No statement reads a whole table, and none sorts what an index has in order: on registries of two sizes, without
//! statistics and with those of skewed data.

use registry_core::Timestamp;
use registry_core::record::SummaryRecord;
use registry_core::search::{Cursor, FacetLimits, Heading, ModelSummary, SearchQuery};
use sqlx::{AssertSqlSafe, Executor, Row};

use super::super::page::{Search, Way};
use super::super::shape::SUMMARY;
use super::super::summaries;
use super::family::{in_every_order, search, searches};
use super::{execute, registry_of};
use crate::SqliteStore;
use crate::readers::Readers;

const NOW: Timestamp = Timestamp::EPOCH;

async fn plan(readers: &Readers, statement: &str) -> Vec<String> {
    let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
    let steps = readers.reader().await.unwrap().fetch_all(explain).await.unwrap();
    steps.iter().map(|step| step.get("detail")).collect()
}

fn statement(search: &Search<'_>, way: Way) -> String {
    super::super::page(&search.found(way, 51), SUMMARY)
}

/// Whether a step reads a table that grows, from end to end.
fn scans(step: &str) -> bool {
    let tables = [
        "models", "model_", "walked", "entry", "child", "above", "held", "events",
    ];
    let scanned = step.strip_prefix("SCAN ");
    scanned.is_some_and(|name| tables.iter().any(|table| name.starts_with(table)))
        // The page itself is called `models` too, where nothing is joined to it.
        && step != "SCAN models"
}

/// Every way that a search may go.
fn ways_of(search: &Search<'_>) -> Vec<Way> {
    let seeks = 0..search.seeks.len();
    let few = seeks.clone().filter(|_| search.walk.in_order);
    let ways = std::iter::once(Way::Walk).chain(seeks.map(Way::Seek));
    let among = few.clone().map(|seek| Way::Among(seek, 500));
    ways.chain(few.map(Way::FewOrWalk)).chain(among).collect()
}

/// The plans of a page and of counts and facets.
async fn check(readers: &Readers, query: &SearchQuery) {
    let search = Search::new(query, NOW);
    for way in ways_of(&search) {
        let steps = plan(readers, &statement(&search, way)).await;
        assert!(
            !steps.iter().any(|step| scans(step)),
            "{query:?}\n{way:?}\n{steps:#?}"
        );
        let sorts = steps
            .iter()
            .filter(|step| step.starts_with("USE TEMP B-TREE"))
            .count();
        if search.walk.in_order && way == Way::Walk {
            assert_eq!(sorts, 0, "{query:?}\n{steps:#?}");
        }
    }
    let seeks: Vec<usize> = (0..search.seeks.len()).collect();
    let mut others = Vec::new();
    for way in ways_of(&search) {
        others.push(search.facets(way, FacetLimits::default()).text);
        others.push(search.number(way, 10).text);
    }
    others.push(search.count(None, 10).text);
    others.extend(seeks.iter().map(|seek| search.count(Some(*seek), 10).text));
    if !seeks.is_empty() {
        others.push(search.counting(&seeks, 10).text);
    }
    for statement in others {
        let steps = plan(readers, &statement).await;
        assert!(
            !steps.iter().any(|step| scans(step)),
            "{query:?}\n{statement}\n{steps:#?}"
        );
    }
}

/// The cursors behind and before the tenth model of a search.
async fn around_the_tenth(store: &SqliteStore, query: &SearchQuery) -> Vec<SearchQuery> {
    let found = summaries(store.readers(), query, NOW, 10).await.unwrap();
    let record: Option<SummaryRecord> = found.last().cloned();
    let model = record.map(|record| ModelSummary::try_from(record).unwrap());
    let queries = [Heading::Forward, Heading::Backward]
        .into_iter()
        .filter_map(|heading| {
            let cursor = Cursor::at(query, model.as_ref()?, heading, NOW);
            query.clone().from_cursor(cursor).ok()
        });
    queries.collect()
}

/// Of every so many searches.
async fn every_plan_is_good(models: u32, of: usize) {
    let (_folder, store) = registry_of(models).await;
    let mut queries = searches();
    for query in in_every_order() {
        queries.extend(around_the_tenth(&store, &query).await);
    }
    for query in queries.iter().step_by(of) {
        check(store.readers(), query).await;
    }
    execute(&store, "ANALYZE".to_owned()).await;
    let location = store.location().to_owned();
    store.close().await;
    // Statistics are read when a connection opens.
    let store = SqliteStore::open(&location).await.unwrap();
    for query in queries.iter().skip(of / 2).step_by(of) {
        check(store.readers(), query).await;
    }
}

#[tokio::test]
async fn ten_thousand_models() {
    every_plan_is_good(10_000, 1).await;
}

#[tokio::test]
async fn a_hundred_thousand_models() {
    every_plan_is_good(100_000, 5).await;
}

/// The order comes from an index wherever the documentation says so.
#[test]
fn indexed_orders() {
    let plain =
        "id created_at updated_at version ordinal size memory parent training_run_id path metrics.val_loss";
    let within = [
        ("status = active", "created_at"),
        ("status = active and task_type = text", "created_at"),
        ("config_hash = ab", "created_at"),
        ("tag = production", "created_at"),
        ("tag = production and status = active", "created_at"),
        ("actor = alice", "created_at"),
        ("name = gpt", "version"),
        ("name = gpt", "ordinal"),
        ("name = gpt and status = active", "name, version"),
        ("", "name, version"),
        ("", "status, created_at"),
        ("status = active", "task_type, created_at"),
        ("", "task_type, status, created_at"),
        ("status = active", "task_type, status, created_at"),
        ("metrics.val_loss < 0.4", "metrics.val_loss"),
        ("created_at > 7d ago", "created_at"),
    ];
    let plain = plain.split_whitespace().map(|order| ("", order));
    for (filter, order) in plain.chain(within) {
        for direction in ["", " desc"] {
            let order: Vec<String> = order.split(", ").map(|key| format!("{key}{direction}")).collect();
            let query = search(filter, &order.join(","));
            assert!(Search::new(&query, NOW).walk.in_order, "{filter} {order:?}");
        }
    }
}

/// What an index finds only roughly is weighed all the same.
#[test]
fn rough_seeks_are_rivals_of_a_walk() {
    for filter in [
        "version in \"^1.2\"",
        "name ~ \"gpt-?\"",
        "metadata.kind != 1",
        "name ~ \"gpt-?\" or parent = 1",
    ] {
        let query = search(filter, "");
        let way = Search::new(&query, NOW).way(true);
        assert!(matches!(way, Some(Way::FewOrWalk(_))), "{filter}: {way:?}");
    }
    for (filter, order) in [
        ("version in \"^1.2\"", "version"),
        ("metrics.val_loss != 1", "metrics.val_loss"),
        ("created_at > 7d ago and created_at > 8d ago", ""),
        ("tag = production", ""),
    ] {
        let query = search(filter, order);
        assert_eq!(Search::new(&query, NOW).way(true), Some(Way::Walk), "{filter}");
    }
}
