//! Copies from SQLite to PostgreSQL and back.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::sync::Arc;

use registry_postgres::PostgresStore;
use registry_sqlite::SqliteStore;
use registry_tests::{PostgresRegistry, copying, fast_folder};
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
