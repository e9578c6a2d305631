//! Parents that form a cycle can't come in through the store; a file changed by other means may have one all the same.
//! Every member of a family appears once, and nothing hangs.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use registry_core::FieldUpdate;
use registry_core::{
    Checkpoint, ConfigHash, LineageScope, ModelId, ModelUpdate, Registration, RegistryStore, Timestamp,
    Version, WriteContext,
};
use registry_sqlite::SqliteStore;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};

fn context() -> WriteContext {
    WriteContext::new("alice".parse().unwrap(), Timestamp::from_micros(0).unwrap())
}

/// Eight models: 1 to 3 are a cycle (each the parent of the next, 3 of 1), 4 hangs from 2, 5 from 4; 6 is its own
/// parent and 7 its child; 8 stands alone.
async fn a_registry_with_cycles() -> (tempfile::TempDir, SqliteStore) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry.db");
    let store = SqliteStore::open_or_create(&path).await.unwrap();
    for minor in 1..=8 {
        let registration = Registration::new(
            "gpt-small".parse().unwrap(),
            Version::new(1, minor, 0),
            Checkpoint::elsewhere("s3://models/gpt-small.pt").unwrap(),
            "language_modeling".parse().unwrap(),
            ConfigHash::of_json("{}").unwrap(),
        );
        store.register(&context(), registration).await.unwrap();
    }
    let mut connection = SqliteConnectOptions::new()
        .filename(&path)
        .connect()
        .await
        .unwrap();
    for (child, parent) in [(2, 1), (3, 2), (1, 3), (4, 2), (5, 4), (6, 6), (7, 6)] {
        let update = format!("UPDATE models SET parent_model_id = {parent} WHERE model_id = {child}");
        connection.execute(AssertSqlSafe(update)).await.unwrap();
    }
    connection.close().await.unwrap();
    (folder, store)
}

fn id(id: i64) -> ModelId {
    ModelId::try_from(id).unwrap()
}

#[tokio::test]
async fn every_member_appears_once() {
    let (_folder, store) = a_registry_with_cycles().await;
    for (model, scope, expected) in [
        (
            5,
            LineageScope::Ancestors,
            vec![(-4, 3), (-3, 1), (-2, 2), (-1, 4), (0, 5)],
        ),
        (2, LineageScope::Ancestors, vec![(-2, 3), (-1, 1), (0, 2)]),
        (
            2,
            LineageScope::Descendants,
            vec![(0, 2), (1, 3), (1, 4), (2, 1), (2, 5)],
        ),
        (
            5,
            LineageScope::Family,
            vec![(-4, 3), (-3, 1), (-2, 2), (-1, 4), (0, 5)],
        ),
        (
            1,
            LineageScope::Family,
            vec![(-2, 2), (-1, 3), (-1, 4), (0, 1), (0, 5)],
        ),
        (6, LineageScope::Ancestors, vec![(0, 6)]),
        (7, LineageScope::Family, vec![(-1, 6), (0, 7)]),
        (8, LineageScope::Family, vec![(0, 8)]),
    ] {
        let lineage = store.lineage(id(model), scope).await.unwrap();
        let members: Vec<_> = lineage
            .nodes
            .iter()
            .map(|node| (node.generation, node.model.id.get()))
            .collect();
        assert_eq!(members, expected, "{} of {model}", scope.as_str());
    }
}

#[tokio::test]
async fn a_cycle_can_be_undone() {
    let (_folder, store) = a_registry_with_cycles().await;
    let update = ModelUpdate {
        parent: FieldUpdate::Clear,
        ..ModelUpdate::default()
    };
    store.update(&context(), id(1), update).await.unwrap();
    let update = ModelUpdate {
        parent: FieldUpdate::Set(id(5)),
        ..ModelUpdate::default()
    };
    let refused = store.update(&context(), id(1), update).await.unwrap_err();
    assert_eq!(refused.code(), "parent_cycle");
    assert_eq!(
        store.delete(&context(), id(6), true).await.unwrap().orphans.len(),
        2
    );
}
