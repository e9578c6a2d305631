//! The plans of every combination of filters, without statistics and with those of skewed data.

use registry_core::{ConfigHash, Cursor, ModelId, Status, Timestamp};
use sqlx::{AssertSqlSafe, Executor, Row};

use super::*;
use crate::SqliteStore;

/// Every combination of filters, with and without a cursor.
fn queries() -> Vec<ModelQuery> {
    (0..256_u32)
        .map(|bits| {
            let on = |bit: u32| bits & (1 << bit) != 0;
            ModelQuery {
                task_type: on(0).then(|| "common".parse().unwrap()),
                tag: on(1).then(|| "common".parse().unwrap()),
                status: on(2).then_some(Status::Active),
                name: on(3).then(|| "common".parse().unwrap()),
                parent: on(4).then(|| ModelId::try_from(1).unwrap()),
                config_hash: on(5).then(|| ConfigHash::of_json("{}").unwrap()),
                metric: on(6).then(|| MetricBound {
                    name: "val_loss".parse().unwrap(),
                    min: on(0).then_some(0.1),
                    max: on(1).then_some(0.5),
                }),
                after: on(7).then(|| Cursor {
                    created_at: Timestamp::from_micros(300).unwrap(),
                    id: ModelId::try_from(2100).unwrap(),
                }),
                ..ModelQuery::default()
            }
        })
        .collect()
}

async fn plan(readers: &SqlitePool, query: &ModelQuery) -> Vec<String> {
    let statement = statement("json_group_array", query, 51);
    let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", statement.sql().as_str()));
    let steps = readers.fetch_all(explain).await.unwrap();
    steps.iter().map(|step| step.get("detail")).collect()
}

/// Whether the source's index has the order of the list, so that nothing is sorted.
fn comes_in_order(query: &ModelQuery) -> bool {
    match Source::of(query) {
        Source::Status | Source::Time | Source::ConfigHash => true,
        Source::TaskType => query.status.is_some(),
        Source::Parent | Source::Name | Source::Tag | Source::Metric => false,
    }
}

async fn every_plan_is_good(readers: &SqlitePool) {
    for query in queries() {
        let steps = plan(readers, &query).await;
        for step in &steps {
            assert!(
                !step.starts_with("SCAN ") || step == "SCAN page",
                "{query:?}\n{steps:#?}"
            );
        }
        let index = match Source::of(&query) {
            Source::Parent => "models_by_parent",
            Source::ConfigHash => "models_by_config_hash",
            Source::Name => "models_by_name",
            Source::Tag => "model_tags_by_tag",
            Source::Metric => "model_metrics_by_value",
            Source::TaskType => "models_by_task_type",
            Source::Status => "models_by_status",
            Source::Time => "models_by_time",
        };
        let first = steps.iter().find(|step| step.starts_with("SEARCH ")).unwrap();
        assert!(
            first.contains(&format!("INDEX {index} (")),
            "{query:?}\n{steps:#?}"
        );
        let sorts = steps
            .iter()
            .any(|step| step.starts_with("USE TEMP B-TREE") && !step.ends_with("(ORDER BY)"));
        assert_eq!(sorts, !comes_in_order(&query), "{query:?}\n{steps:#?}");
    }
}

#[tokio::test]
async fn every_list_starts_from_the_index_of_its_narrowest_filter() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry.db");
    let store = SqliteStore::open_or_create(&path).await.unwrap();
    every_plan_is_good(store.readers()).await;
    let data = include_str!("../../tests/skewed.sql");
    store.writer().execute(data).await.unwrap();
    store.writer().execute("ANALYZE").await.unwrap();
    store.close().await;
    // Statistics are read when a connection opens.
    let store = SqliteStore::open(&path).await.unwrap();
    every_plan_is_good(store.readers()).await;
}

#[tokio::test]
async fn one_row_and_many_rows_are_the_same_list() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open_or_create(folder.path().join("registry.db"))
        .await
        .unwrap();
    store
        .writer()
        .execute(include_str!("../../tests/skewed.sql"))
        .await
        .unwrap();
    for query in queries() {
        let few = models(store.readers(), &query, ONE_ROW).await.unwrap();
        let all = models(store.readers(), &query, i64::MAX).await.unwrap();
        assert_eq!(few[..], all[..all.len().min(few.len())], "{query:?}");
        assert!(all.is_sorted_by_key(|record| Reverse((record.created_at, record.model_id))));
    }
}
