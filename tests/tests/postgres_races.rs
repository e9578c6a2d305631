//! Sixteen connections of several stores write the same few models of one registry: see `races` for what must hold.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::sync::Arc;

use registry_core::RegistryStore;
use registry_postgres::PostgresStore;
use registry_tests::{PostgresRegistry, races};

/// Four stores, as four programs would have them, with four connections each.
async fn programs(registry: &PostgresRegistry) -> Vec<Arc<dyn RegistryStore>> {
    let mut stores: Vec<Arc<dyn RegistryStore>> = Vec::new();
    for _ in 0..4 {
        stores.push(Arc::new(PostgresStore::open(&registry.options).await.unwrap()));
    }
    stores
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_those_who_want_the_same_one_gets_it() {
    let registry = PostgresRegistry::new().await;
    races::conflicts::one_winner(&programs(&registry).await, 8).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_request_under_a_key_is_made_once() {
    let registry = PostgresRegistry::new().await;
    races::keys::made_once(&programs(&registry).await, 10).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn promotions_on_an_expectation_are_linearizable() {
    let registry = PostgresRegistry::new().await;
    let (met, unmet) = races::promotions::linearizable(&programs(&registry).await, 25).await;
    println!("expectations met: {met}, not met: {unmet}");
    assert!(met > 0 && unmet > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn everything_at_once_on_a_few_models() {
    let registry = PostgresRegistry::new().await;
    let tally = races::mixed::everything(&programs(&registry).await, 60, 1).await;
    println!("{tally:?}");
    assert!(tally.done > tally.refused / 4 && tally.looks > 0);
}
