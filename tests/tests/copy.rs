//! Copies from SQLite to SQLite.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::sync::Arc;

use registry_sqlite::SqliteStore;
use registry_tests::{copying, fast_folder};
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
async fn a_parent_may_be_the_younger() {
    let ((from, _from), (to, _to)) = (open().await, open().await);
    copying::a_parent_may_be_the_younger(Arc::new(from), &to).await;
}

#[tokio::test]
async fn only_an_empty_registry_is_copied_into() {
    let ((from, _from), (to, _to)) = (open().await, open().await);
    copying::only_an_empty_registry_is_copied_into(Arc::new(from), Arc::new(to)).await;
}
