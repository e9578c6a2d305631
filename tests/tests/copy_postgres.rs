//! Copies from SQLite to PostgreSQL and back.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::sync::Arc;

use registry_core::copy::copy;
use registry_postgres::PostgresStore;
use registry_sqlite::SqliteStore;
use registry_tests::copying::Registry;
use registry_tests::merging::Random;
use registry_tests::{PostgresRegistry, copying, fast_folder, merging};
use tempfile::TempDir;

async fn sqlite() -> (SqliteStore, TempDir) {
    let folder = fast_folder();
    let store = SqliteStore::open_or_create(folder.path().join("registry.db")).await;
    (store.unwrap(), folder)
}

async fn postgres() -> (PostgresStore, PostgresRegistry) {
    let registry = PostgresRegistry::new().await;
    (registry.open().await, registry)
}

#[tokio::test]
async fn there_and_back_it_is_one_registry() {
    let ((a, _a), (b, _b), (c, _c)) = (sqlite().await, postgres().await, sqlite().await);
    copying::a_chain_of_copies_is_one_registry(&[&a, &b, &c]).await;
}

#[tokio::test]
async fn odd_values_arrive() {
    let ((from, _from), (to, _to)) = (sqlite().await, postgres().await);
    copying::odd_values_arrive(&from, &to).await;
    let ((from, _from), (to, _to)) = (postgres().await, sqlite().await);
    copying::odd_values_arrive(&from, &to).await;
    let ((from, _from), (to, _to)) = (postgres().await, postgres().await);
    copying::odd_values_arrive(&from, &to).await;
}

#[tokio::test]
async fn webhooks_stay_where_they_are() {
    let ((from, _from), (to, _to)) = (postgres().await, sqlite().await);
    copying::webhooks_stay_where_they_are(Arc::new(from), &to).await;
}

#[tokio::test]
async fn a_parent_may_be_the_younger() {
    let ((from, _from), (to, _to)) = (sqlite().await, postgres().await);
    copying::a_parent_may_be_the_younger(Arc::new(from), &to).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_is_of_one_moment() {
    let ((from, _from), (to, _to)) = (postgres().await, sqlite().await);
    copying::a_copy_is_of_one_moment(Arc::new(from), &to).await;
    let ((from, _from), (to, _to)) = (sqlite().await, postgres().await);
    copying::a_copy_is_of_one_moment(Arc::new(from), &to).await;
}

#[tokio::test]
async fn only_an_empty_registry_is_copied_into() {
    let ((from, _from), (to, _to)) = (sqlite().await, postgres().await);
    copying::only_an_empty_registry_is_copied_into(Arc::new(from), Arc::new(to)).await;
}

#[tokio::test]
async fn random_registries_merge() {
    let mut random = Random::new();
    for round in 0..9 {
        let (file, _folder) = sqlite().await;
        let (database, _registry) = postgres().await;
        let (other, _other) = postgres().await;
        let (from, to): (&dyn Registry, &dyn Registry) = match round % 3 {
            0 => (&file, &database),
            1 => (&database, &file),
            _ => (&other, &database),
        };
        random.fill(from, to, if round < 3 { 0 } else { 40 }).await;
        merging::a_merge_adds_and_changes_nothing_else(from, to).await;
    }
}

#[tokio::test]
async fn a_merge_in_pieces_and_one_that_was_stopped_come_to_the_same() {
    let mut random = Random::new();
    for _ in 0..2 {
        let (from, _folder) = sqlite().await;
        let ((to, _a), (pieces, _b), (broken, _c)) = (postgres().await, postgres().await, postgres().await);
        random.crowd(&from, &to).await;
        copy(&to, &pieces, &|_, _| {}).await.unwrap();
        copy(&to, &broken, &|_, _| {}).await.unwrap();
        merging::pieces_come_to_the_same(&from, &to, [&pieces, &broken]).await;
    }
}

#[tokio::test]
async fn tags_stay_with_their_holders() {
    let ((from, _from), (to, _to)) = (sqlite().await, postgres().await);
    merging::tags_stay_with_their_holders(Arc::new(from), Arc::new(to)).await;
}

#[tokio::test]
async fn the_same_does_not_come_twice() {
    let ((from, _from), (to, _to)) = (sqlite().await, postgres().await);
    merging::the_same_does_not_come_twice(Arc::new(from), Arc::new(to)).await;
}

#[tokio::test]
async fn conflicts_and_scopes_are_as_on_sqlite() {
    let ((from, _from), (to, _to)) = (sqlite().await, postgres().await);
    merging::conflicts_are_told(Arc::new(from), Arc::new(to)).await;
    let ((from, _from), (to, _to)) = (postgres().await, sqlite().await);
    merging::scopes_and_settings_are_the_target_s(Arc::new(from), Arc::new(to)).await;
}
