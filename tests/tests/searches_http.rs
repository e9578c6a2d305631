//! Random searches, as in `searches.rs`, of registries that a server has on SQLite: some five hundred.

use std::sync::Arc;

use registry_sqlite::SqliteStore;
use registry_tests::random::find_what_the_reference_finds;
use registry_tests::{Served, fast_folder};

const REGISTRIES: u32 = 20;

#[test]
fn a_server_finds_what_the_reference_finds() {
    find_what_the_reference_finds(REGISTRIES, async || {
        let folder = fast_folder();
        let store = SqliteStore::open_or_create(folder.path().join("registry.db")).await;
        let served = Served::over(Arc::new(store.unwrap()), folder).await;
        (served.client(), served)
    });
}
