//! No statement reads a whole table, and none sorts what an index has in order: on registries of two sizes, without
//! statistics and with those of skewed data.

use registry_core::Timestamp;
use registry_core::record::SummaryRecord;
use registry_core::search::{Cursor, FacetLimits, Heading, ModelSummary, SearchQuery};
use sqlx::{AssertSqlSafe, PgPool, Row};

use super::super::page::{Search, Way};
use super::super::statement::Statement;
use super::super::summaries;
use super::family::{search, searches};
use super::{analyze, registry_of, remove};
use crate::PostgresStore;

const NOW: Timestamp = Timestamp::EPOCH;

/// The plan for the values of the statement, and the one for any.
async fn plans(pool: &PgPool, statement: Statement) -> [Vec<String>; 2] {
    let mut connection = pool.acquire().await.unwrap();
    let prepare = format!(
        "PREPARE planned ({}) AS {}",
        statement.types().join(", "),
        statement.text
    );
    let values = vec!["NULL"; statement.types().len()].join(", ");
    let explain = if values.is_empty() {
        "EXPLAIN (COSTS OFF) EXECUTE planned".to_owned()
    } else {
        format!("EXPLAIN (COSTS OFF) EXECUTE planned({values})")
    };
    let any = format!(
        "SET plan_cache_mode = force_generic_plan; {}; {explain}; DEALLOCATE planned; RESET plan_cache_mode",
        prepare.replace("PREPARE planned ()", "PREPARE planned")
    );
    let any = sqlx::raw_sql(AssertSqlSafe(any))
        .fetch_all(&mut *connection)
        .await
        .unwrap();
    let mut explained = statement;
    explained.text.insert_str(0, "EXPLAIN (COSTS OFF) ");
    let these = explained.rows(&mut *connection).await.unwrap();
    [these, any].map(|steps| steps.iter().map(|step| step.get(0)).collect())
}

fn page(search: &Search<'_>, way: Way) -> Statement {
    search.page::<SummaryRecord>(way, 51)
}

/// Whether a step reads a table from end to end.
fn scans(step: &str) -> bool {
    step.contains("Seq Scan")
}

/// Whether a step sorts rows that no index has in order; what is only equal in the first key is sorted piece by piece.
fn sorts(step: &str) -> bool {
    step.trim_start()
        .trim_start_matches("->")
        .trim_start()
        .starts_with("Sort")
        && !step.contains("Sort Key")
}

async fn check_plan(pool: &PgPool, query: &SearchQuery, what: &str, statement: Statement, may_sort: bool) {
    let text = statement.text.clone();
    for steps in plans(pool, statement).await {
        // The tags of a shown model are sorted.
        let of_tags = |at: usize| {
            let before = steps[..at].iter().rev().take(2);
            before.into_iter().any(|step| step.contains("SubPlan"))
        };
        let mut steps_named = steps.iter().enumerate();
        let sorted = steps_named.any(|(at, step)| sorts(step) && !of_tags(at));
        assert!(
            !steps.iter().any(|step| scans(step)) && (may_sort || !sorted),
            "{query:?}\n{what}\n{text}\n{steps:#?}"
        );
    }
}

/// The plans of a page and of counts and facets.
async fn check(pool: &PgPool, query: &SearchQuery) {
    let search = Search::new(query, NOW);
    let in_order = search.walk.in_order;
    // Behind a place among the models without a value few may be left, and then they are sorted.
    let amid_missing = query
        .cursor()
        .is_some_and(|cursor| matches!(cursor.position().values.first(), Some(None)));
    let may_sort = !in_order || amid_missing;
    check_plan(pool, query, "walk", page(&search, Way::Walk), may_sort).await;
    if query.cursor().is_some() {
        // The rest does not depend on the place.
        return;
    }
    for seek in 0..search.seeks.len() {
        check_plan(pool, query, "seek", page(&search, Way::Seek(seek)), true).await;
        if in_order {
            check_plan(pool, query, "few", page(&search, Way::FewOrWalk(seek)), true).await;
        }
        check_plan(pool, query, "count", search.count(Some(seek), 10), true).await;
    }
    let facets = search.facets(Way::Walk, FacetLimits::default());
    check_plan(pool, query, "facets", facets, true).await;
    let seeks: Vec<usize> = (0..search.seeks.len()).collect();
    if !seeks.is_empty() {
        check_plan(pool, query, "counting", search.counting(&seeks, 10), true).await;
    }
    // Without any of these a count has to look at every model.
}

/// The cursors behind and before the tenth model of a search.
async fn around_the_tenth(store: &PostgresStore, query: &SearchQuery) -> Vec<SearchQuery> {
    let found = summaries(&mut store.connections().lend().await.unwrap(), query, NOW, 10)
        .await
        .unwrap();
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

async fn every_plan_is_good(models: u32, further_pages: bool) {
    let store = registry_of(models).await;
    let mut queries = searches();
    if further_pages {
        for query in searches() {
            queries.extend(around_the_tenth(&store, &query).await);
        }
    }
    for query in &queries {
        check(store.pool(), query).await;
    }
    analyze(&store).await;
    for query in &queries {
        check(store.pool(), query).await;
    }
    remove(store).await;
}

#[tokio::test]
async fn ten_thousand_models() {
    every_plan_is_good(10_000, true).await;
}

#[tokio::test]
async fn a_hundred_thousand_models() {
    every_plan_is_good(100_000, false).await;
}

/// The order comes from an index wherever the documentation says so.
#[test]
fn indexed_orders() {
    let plain =
        "id created_at updated_at version ordinal size memory parent training_run_id metrics.val_loss";
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
