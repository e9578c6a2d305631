//! How often a write asks the server and waits for the answer, counted on the line.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use registry_core::{IdempotencyKey, PromoteRequest, PromotionScope, RegistryStore, WriteContext};
use registry_postgres::PostgresStore;
use registry_tests::proxy::Proxy;
use registry_tests::{ModelBuilder, PostgresRegistry, a_model, alice, at, faults, tag};

/// `BEGIN` and `COMMIT` included.
const MOST: u64 = 7;
/// How often each is done; the fewest trips count. Behind a commit the word goes out to those who follow the events, at
/// most every 20 milliseconds and on the same connection: nobody waits for it, but it may fall into another's trips.
const ROUNDS: usize = 4;

fn context() -> WriteContext {
    WriteContext::new(alice(), at(1))
}

fn plain(version: &str) -> ModelBuilder {
    a_model("gpt", version)
}

fn rich(version: &str) -> ModelBuilder {
    faults::rich("gpt", version)
}

/// A store with one connection, on which every statement is prepared that the writes of these tests need.
async fn prepared(registry: &PostgresRegistry) -> (Proxy, PostgresStore) {
    let (proxy, mut options) = Proxy::before(registry).await;
    options.pool_size = 1;
    let store = PostgresStore::open(&options).await.unwrap();
    register(&store, plain("0.1.0")).await;
    register(&store, rich("0.2.0")).await;
    register(&store, rich("0.3.0")).await;
    for scope in [
        None,
        Some(PromotionScope::Registry),
        Some(PromotionScope::Name),
        Some(PromotionScope::None),
    ] {
        for model in 1..=3 {
            promote(&store, model, scope).await;
        }
    }
    (proxy, store)
}

async fn register(store: &PostgresStore, model: ModelBuilder) {
    store.register(&context(), model.into()).await.unwrap();
}

async fn promote(store: &PostgresStore, model: i64, scope: Option<PromotionScope>) {
    let mut request = PromoteRequest::new(model.try_into().unwrap(), tag("production"));
    request.scope = scope;
    store.promote(&context(), request).await.unwrap();
}

/// How many trips were made until the write was answered.
async fn trips(proxy: &Proxy, write: impl Future<Output = ()>) -> u64 {
    let before = proxy.trips();
    write.await;
    proxy.trips() - before
}

#[tokio::test]
async fn a_registration_makes_as_many_trips_whatever_it_has() {
    let registry = PostgresRegistry::new().await;
    let (proxy, store) = prepared(&registry).await;
    let mut counted = Vec::new();
    for (place, build) in [plain, rich].into_iter().enumerate() {
        let mut fewest = u64::MAX;
        for round in 1..=ROUNDS {
            let model = build(&format!("{}.{round}.0", place + 1));
            fewest = fewest.min(trips(&proxy, register(&store, model)).await);
        }
        counted.push((place, fewest));
    }
    println!("trips of registrations: {counted:?}");
    assert!(counted.iter().all(|(_, trips)| *trips <= MOST), "{counted:?}");
}

#[tokio::test]
async fn a_key_costs_three_trips() {
    let registry = PostgresRegistry::new().await;
    let (proxy, store) = prepared(&registry).await;
    let mut fewest = (u64::MAX, u64::MAX);
    for round in 0..=ROUNDS {
        let key = IdempotencyKey::parse(format!("key-{round}")).unwrap();
        let context = context().idempotency_key(key);
        let version = format!("1.{round}.0");
        let register = async || {
            store.register(&context, rich(&version).into()).await.unwrap();
        };
        let (first, again) = (trips(&proxy, register()).await, trips(&proxy, register()).await);
        assert!(context.is_replayed());
        fewest = (fewest.0.min(first), fewest.1.min(again));
    }
    println!("trips of a registration with a key, and of its repetition: {fewest:?}");
    assert!(fewest.0 <= MOST + 3 && fewest.1 <= MOST, "{fewest:?}");
}

#[tokio::test]
async fn a_promotion_makes_few_trips_whoever_loses_the_tag() {
    let registry = PostgresRegistry::new().await;
    let (proxy, store) = prepared(&registry).await;
    let mut counted = Vec::new();
    for scope in [
        None,
        Some(PromotionScope::Registry),
        Some(PromotionScope::Name),
        Some(PromotionScope::None),
    ] {
        for model in 1..=3 {
            let mut fewest = u64::MAX;
            for _ in 0..ROUNDS {
                // Back to where it was.
                promote(&store, 1 + model % 3, scope).await;
                fewest = fewest.min(trips(&proxy, promote(&store, model, scope)).await);
            }
            counted.push((scope, fewest));
        }
    }
    println!("trips of promotions: {counted:?}");
    assert!(counted.iter().all(|(_, trips)| *trips <= MOST), "{counted:?}");
}

#[tokio::test]
async fn a_promotion_to_which_many_labelled_models_lose_makes_no_more() {
    let registry = PostgresRegistry::new().await;
    let (proxy, store) = prepared(&registry).await;
    let production = tag("production");
    let mut fewest = u64::MAX;
    for _ in 0..ROUNDS {
        for model in 1..=3 {
            let model = model.try_into().unwrap();
            store.label(&context(), model, &production).await.unwrap();
        }
        let promotion = promote(&store, 2, Some(PromotionScope::Registry));
        fewest = fewest.min(trips(&proxy, promotion).await);
    }
    assert!(fewest <= MOST, "{fewest}");
}
