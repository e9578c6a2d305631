//! Sixteen tasks on two stores of one SQLite file write the same few models: see `races` for what must hold.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::path::Path;
use std::sync::Arc;

use registry_core::RegistryStore;
use registry_sqlite::SqliteStore;
use registry_tests::{fast_folder, races};

async fn programs(folder: &Path) -> Vec<Arc<dyn RegistryStore>> {
    let file = folder.join("registry.db");
    let mut stores: Vec<Arc<dyn RegistryStore>> = Vec::new();
    for _ in 0..2 {
        stores.push(Arc::new(SqliteStore::open_or_create(&file).await.unwrap()));
    }
    stores
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_those_who_want_the_same_one_gets_it() {
    let folder = fast_folder();
    races::conflicts::one_winner(&programs(folder.path()).await, 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_request_under_a_key_is_made_once() {
    let folder = fast_folder();
    races::keys::made_once(&programs(folder.path()).await, 4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn promotions_on_an_expectation_are_linearizable() {
    let folder = fast_folder();
    let (met, unmet) = races::promotions::linearizable(&programs(folder.path()).await, 10).await;
    assert!(met > 0 && unmet > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn everything_at_once_on_a_few_models() {
    let folder = fast_folder();
    let tally = races::mixed::everything(&programs(folder.path()).await, 20, 1).await;
    assert!(tally.done > tally.refused / 4 && tally.looks > 0);
}
