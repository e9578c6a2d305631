//! The registry of a server over SQLite passes the suite of managing webhooks.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::sync::Arc;

use registry_core::RegistryStore;
use registry_sqlite::SqliteStore;
use registry_tests::{Served, fast_folder, for_each_webhook_case, webhook_tests};
use tempfile::TempDir;

async fn open() -> (Arc<dyn RegistryStore>, Served<TempDir>) {
    let folder = fast_folder();
    let store = SqliteStore::open_or_create(folder.path().join("registry.db"));
    let served = Served::over(Arc::new(store.await.unwrap()), folder).await;
    (Arc::new(served.client()), served)
}

for_each_webhook_case!(webhook_tests);
