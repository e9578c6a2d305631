//! SQLite passes the conformance suite.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::sync::Arc;

use registry_core::RegistryStore;
use registry_sqlite::SqliteStore;
use registry_tests::{Given, conformance_tests, fast_folder, for_each_case};
use tempfile::TempDir;

async fn open(given: Given) -> (Arc<dyn RegistryStore>, TempDir) {
    let folder = fast_folder();
    let store = SqliteStore::open_or_create(folder.path().join("registry.db"));
    let store = store.await.unwrap();
    given.settle(&store).await;
    (Arc::new(store), folder)
}

for_each_case!(conformance_tests);
