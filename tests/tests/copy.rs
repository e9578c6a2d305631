//! Copies from SQLite to SQLite.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::sync::Arc;

use registry_core::backend::Records;
use registry_core::copy::copy;
use registry_core::record::{LastIds, Rows};
use registry_sqlite::SqliteStore;
use registry_tests::merging::Random;
use registry_tests::{Session, a_model, copying, fast_folder, merging};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor};
use tempfile::TempDir;

async fn open() -> (SqliteStore, TempDir) {
    let folder = fast_folder();
    let store = SqliteStore::open_or_create(folder.path().join("registry.db")).await;
    (store.unwrap(), folder)
}

#[tokio::test]
async fn a_chain_of_copies_is_one_registry() {
    let ((a, _a), (b, _b), (c, _c)) = (open().await, open().await, open().await);
    copying::a_chain_of_copies_is_one_registry(&[&a, &b, &c]).await;
}

#[tokio::test]
async fn odd_values_arrive() {
    let ((from, _from), (to, _to)) = (open().await, open().await);
    copying::odd_values_arrive(&from, &to).await;
}

#[tokio::test]
async fn webhooks_stay_where_they_are() {
    let ((from, _from), (to, _to)) = (open().await, open().await);
    copying::webhooks_stay_where_they_are(Arc::new(from), &to).await;
}

#[tokio::test]
async fn a_parent_may_be_the_younger() {
    let ((from, _from), (to, _to)) = (open().await, open().await);
    copying::a_parent_may_be_the_younger(Arc::new(from), &to).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_is_of_one_moment() {
    let ((from, _from), (to, _to)) = (open().await, open().await);
    copying::a_copy_is_of_one_moment(Arc::new(from), &to).await;
}

/// A row that breaks a rule stops the copy, is named, and leaves nothing of it.
#[tokio::test]
async fn a_bad_row_is_not_copied() {
    let ((from, folder), (to, _to)) = (open().await, open().await);
    let session = Session::new(Arc::new(from.clone()));
    session.register(a_model("a", "1.0.0")).await;
    session.register(a_model("b", "1.0.0")).await;
    let options = SqliteConnectOptions::new().filename(folder.path().join("registry.db"));
    let mut connection = options.connect().await.unwrap();
    let spoil = "UPDATE models SET task_type = '' WHERE model_id = 2";
    connection.execute(spoil).await.unwrap();
    connection.close().await.unwrap();
    let error = copy(&from, &to, &|_, _| {}).await.unwrap_err();
    assert_eq!(error.code(), "stored_value");
    assert!(error.to_string().contains("models 2"), "{error}");
    let nothing = to.read_records().await.unwrap().count().await.unwrap();
    assert_eq!(nothing, Rows::default());
    let left = to.read_records().await.unwrap().last_ids().await.unwrap();
    assert_eq!(left, LastIds::default());
}

#[tokio::test]
async fn only_an_empty_registry_is_copied_into() {
    let ((from, _from), (to, _to)) = (open().await, open().await);
    copying::only_an_empty_registry_is_copied_into(Arc::new(from), Arc::new(to)).await;
}

#[tokio::test]
async fn random_registries_merge() {
    let mut random = Random::new();
    for round in 0..24 {
        let ((from, _from), (to, _to)) = (open().await, open().await);
        random.fill(&from, &to, if round % 3 == 0 { 0 } else { 40 }).await;
        merging::a_merge_adds_and_changes_nothing_else(&from, &to).await;
    }
}

#[tokio::test]
async fn a_merge_in_pieces_and_one_that_was_stopped_come_to_the_same() {
    let mut random = Random::new();
    for _ in 0..6 {
        let ((from, _a), (to, _b), (pieces, _c), (broken, _d)) =
            (open().await, open().await, open().await, open().await);
        random.crowd(&from, &to).await;
        copy(&to, &pieces, &|_, _| {}).await.unwrap();
        copy(&to, &broken, &|_, _| {}).await.unwrap();
        merging::pieces_come_to_the_same(&from, &to, [&pieces, &broken]).await;
    }
}

#[tokio::test]
async fn tags_stay_with_their_holders() {
    let ((from, _from), (to, _to)) = (open().await, open().await);
    merging::tags_stay_with_their_holders(Arc::new(from), Arc::new(to)).await;
}

#[tokio::test]
async fn conflicts_are_told() {
    let ((from, _from), (to, _to)) = (open().await, open().await);
    merging::conflicts_are_told(Arc::new(from), Arc::new(to)).await;
}

#[tokio::test]
async fn the_same_does_not_come_twice() {
    let ((from, _from), (to, _to)) = (open().await, open().await);
    merging::the_same_does_not_come_twice(Arc::new(from), Arc::new(to)).await;
}

#[tokio::test]
async fn scopes_and_settings_are_the_target_s() {
    let ((from, _from), (to, _to)) = (open().await, open().await);
    merging::scopes_and_settings_are_the_target_s(Arc::new(from), Arc::new(to)).await;
}
