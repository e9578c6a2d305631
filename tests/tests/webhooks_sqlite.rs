//! SQLite passes the suite of webhooks.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::sync::Arc;

use registry_core::RegistryStore;
use registry_sqlite::SqliteStore;
use registry_tests::{fast_folder, for_each_queue_case, for_each_webhook_case, webhook_tests};
use tempfile::TempDir;

async fn open() -> (Arc<dyn RegistryStore>, TempDir) {
    let folder = fast_folder();
    let store = SqliteStore::open_or_create(folder.path().join("registry.db"));
    (Arc::new(store.await.unwrap()), folder)
}

for_each_webhook_case!(webhook_tests);
for_each_queue_case!(webhook_tests);
