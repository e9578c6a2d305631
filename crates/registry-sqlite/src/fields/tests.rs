//! What comes through the text exactly, and what must be read by its columns.

use registry_core::search::SearchQuery;
use registry_core::{Error, LineageScope, ModelId, RegistryStore, Timestamp};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};
use tempfile::TempDir;

use crate::SqliteStore;

/// Two models, the second the child of the first, after a change to the second.
async fn changed(change: &str) -> (TempDir, SqliteStore) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry.db");
    let store = SqliteStore::open_or_create(&path).await.unwrap();
    let data = include_str!("../../tests/skewed.sql").replace("3000", "2");
    let mut connection = crate::connect::options(&path).connect().await.unwrap();
    connection.execute(AssertSqlSafe(data)).await.unwrap();
    let change = format!("UPDATE models SET parent_model_id = 1, {change} WHERE model_id = 2");
    connection.execute(AssertSqlSafe(change)).await.unwrap();
    connection.close().await.unwrap();
    (folder, store)
}

fn id(id: i64) -> ModelId {
    id.try_into().unwrap()
}

/// The answers of every statement that tells models as text.
async fn errors(store: &SqliteStore) -> [Error; 4] {
    let query = SearchQuery::of_every_status(None, Vec::new()).unwrap();
    [
        store.search(&query, Timestamp::EPOCH).await.unwrap_err(),
        store.search_models(&query, Timestamp::EPOCH).await.unwrap_err(),
        store.get_many(&[id(1), id(2)]).await.unwrap_err(),
        store.lineage(id(2), LineageScope::Ancestors).await.unwrap_err(),
    ]
}

#[tokio::test]
async fn a_text_with_a_separator_is_named() {
    for bad in ["'a' || x'1f' || 'b'", "x'1f'", "char(31)", "'a' || char(29)"] {
        let (_folder, store) = changed(&format!("checkpoint_path = CAST({bad} AS TEXT)")).await;
        for error in errors(&store).await {
            let Error::StoredValue { row, field, .. } = &error else {
                panic!("{bad}: {error:?}");
            };
            assert_eq!((row.as_str(), *field), ("models 2", "checkpoint_path"), "{bad}");
        }
    }
}

#[tokio::test]
async fn a_text_that_ends_the_record_is_an_error() {
    for bad in [
        "'a' || char(30) || 'b'",
        "char(30)",
        "char(30) || '1' || char(31)",
    ] {
        let (_folder, store) = changed(&format!("checkpoint_path = {bad}")).await;
        for error in errors(&store).await {
            assert!(
                matches!(error, Error::StoredValue { .. } | Error::Storage { .. }),
                "{error:?}"
            );
        }
    }
}

#[tokio::test]
async fn sizes_come_exactly() {
    for size in [
        0.0,
        1.0,
        f64::MIN_POSITIVE,
        5e-324,
        1.0 / 3.0,
        0.1,
        1_048_576.0,
        1.0 / 1_048_576.0,
        9_007_199_254_740_993.0,
        1e22,
        1.797e308,
    ] {
        let (_folder, store) = changed(&format!("model_size_mb = {size:e}")).await;
        let query = SearchQuery::of_every_status(None, Vec::new()).unwrap();
        let found = store.search(&query, Timestamp::EPOCH).await.unwrap().items;
        let model = found.iter().find(|model| model.id == id(2)).unwrap();
        assert_eq!(model.model_size_mb.map(f64::from), Some(size));
        let whole = store.search_models(&query, Timestamp::EPOCH).await.unwrap().items;
        let model = whole.iter().find(|model| model.id == id(2)).unwrap();
        assert_eq!(model.model_size_mb.map(f64::from), Some(size));
        let line = store.lineage(id(2), LineageScope::Ancestors).await.unwrap();
        let model = &line
            .nodes
            .iter()
            .find(|node| node.model.id == id(2))
            .unwrap()
            .model;
        assert_eq!(model.model_size_mb.map(f64::from), Some(size));
    }
}
