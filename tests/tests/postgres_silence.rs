//! A server that says nothing more, and a line that is dead without a word: each read is given up in time, and leaves
//! its place in the pool to the next.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::collections::HashSet;
use std::time::Duration;

use futures::future::join_all;
use registry_core::search::SearchQuery;
use registry_core::webhook::DeliveryQuery;
use registry_core::{ModelId, RegistryStore, Result, Selector};
use registry_postgres::{ConnectOptions, PostgresStore, ReadPreference};
use registry_tests::faults::{in_time, register, rich};
use registry_tests::proxy::{Cut, Proxy};
use registry_tests::{PostgresRegistry, at};
use sqlx::{Executor, PgConnection};
use url::Url;

/// A way to a registry with a model, over a proxy; soon impatient.
async fn way(registry: &PostgresRegistry, connections: u32) -> (Proxy, ConnectOptions) {
    register(&registry.open().await, rich("gpt", "1.0.0"))
        .await
        .unwrap();
    let (proxy, mut options) = Proxy::before(registry).await;
    options.pool_size = connections;
    options.connect_timeout = Duration::from_secs(4);
    options.statement_timeout = Duration::from_millis(500);
    (proxy, options)
}

async fn find(store: &PostgresStore) -> Result<bool> {
    let selector: Selector = "gpt@1.0.0".parse().unwrap();
    in_time(store.find(&selector)).await.map(|found| found.is_some())
}

/// Every connection is given back, and good: whoever is next asks over it.
async fn rested(store: &PostgresStore) {
    let rested = async {
        while store.pools().iter().any(|pool| pool.idle < pool.open) {
            tokio::task::yield_now().await;
        }
    };
    in_time(rested).await;
}

/// Every sort of read, one after the other.
async fn reads(store: &PostgresStore) -> Vec<Result<()>> {
    let search = SearchQuery::default();
    let ids = [ModelId::try_from(1).unwrap()];
    vec![
        find(store).await.map(drop),
        in_time(store.search(&search, at(1))).await.map(drop),
        in_time(store.get_many(&ids)).await.map(drop),
        in_time(store.settings()).await.map(drop),
        in_time(store.webhooks().list()).await.map(drop),
        in_time(store.webhooks().deliveries(&DeliveryQuery::default()))
            .await
            .map(drop),
    ]
}

#[tokio::test]
async fn a_read_that_is_given_up_leaves_its_place_to_the_next() {
    let registry = PostgresRegistry::new().await;
    let (proxy, options) = way(&registry, 1).await;
    let store = PostgresStore::open(&options).await.unwrap();
    assert!(find(&store).await.unwrap());
    rested(&store).await;
    proxy.cut(Cut::Silence);
    assert_eq!(find(&store).await.unwrap_err().code(), "unreachable");
    proxy.cut(Cut::Never);
    assert!(find(&store).await.unwrap());
}

#[tokio::test]
async fn a_read_of_webhooks_is_given_up_as_any_other() {
    let registry = PostgresRegistry::new().await;
    let (proxy, options) = way(&registry, 1).await;
    let store = PostgresStore::open(&options).await.unwrap();
    let webhooks = store.webhooks();
    in_time(webhooks.list()).await.unwrap();
    rested(&store).await;
    proxy.cut(Cut::Silence);
    let error = in_time(webhooks.list()).await.unwrap_err();
    assert_eq!(error.code(), "unreachable");
    proxy.cut(Cut::Never);
    in_time(webhooks.list()).await.unwrap();
}

#[tokio::test]
async fn everybody_is_told_that_the_server_cannot_be_reached() {
    let registry = PostgresRegistry::new().await;
    let (proxy, options) = way(&registry, 4).await;
    let store = PostgresStore::open(&options).await.unwrap();
    for _ in 0..2 {
        for answer in join_all((0..4).map(|_| find(&store))).await {
            assert!(answer.unwrap());
        }
        // Some connections are being given back at this moment; those do not hold up anybody for long.
        proxy.cut(Cut::Silence);
        for _ in 0..2 {
            for answer in join_all((0..4).map(|_| find(&store))).await {
                assert_eq!(answer.unwrap_err().code(), "unreachable");
            }
        }
        proxy.cut(Cut::Never);
    }
    for answer in reads(&store).await {
        answer.unwrap();
    }
}

#[tokio::test]
async fn a_line_that_dies_while_a_connection_is_given_back_holds_up_nobody() {
    let registry = PostgresRegistry::new().await;
    let (proxy, options) = way(&registry, 1).await;
    let store = PostgresStore::open(&options).await.unwrap();
    assert!(find(&store).await.unwrap());
    // What gives it back has not run yet.
    proxy.cut(Cut::Silence);
    assert_eq!(find(&store).await.unwrap_err().code(), "unreachable");
    proxy.cut(Cut::Never);
    assert!(find(&store).await.unwrap());
}

#[tokio::test]
async fn a_read_that_nobody_waits_for_any_more_leaves_its_place() {
    let registry = PostgresRegistry::new().await;
    let mut options = registry.options.clone();
    options.pool_size = 1;
    options.connect_timeout = Duration::from_secs(10);
    let store = PostgresStore::open(&options).await.unwrap();
    // What is left is to be the read, and not the way to it.
    assert!(!find(&store).await.unwrap());
    let mut other = registry.connect().await;
    other.execute("BEGIN; LOCK TABLE models").await.unwrap();
    // The server would go on with it for a minute.
    let left = tokio::time::timeout(Duration::from_secs(1), find(&store)).await;
    assert!(left.is_err());
    in_time(store.settings()).await.unwrap();
    other.execute("ROLLBACK").await.unwrap();
    assert!(!find(&store).await.unwrap());
}

/// The server's processes for the programs of this name.
async fn processes(observer: &mut PgConnection) -> HashSet<i32> {
    const OPEN: &str = "
        SELECT pid FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'giving-up'
    ";
    let open: Vec<i32> = sqlx::query_scalar(OPEN).fetch_all(observer).await.unwrap();
    open.into_iter().collect()
}

#[tokio::test]
async fn reads_that_nobody_waits_for_any_more_do_not_pile_up_in_the_server() {
    const AT_ONCE: usize = 4;
    const MOST: usize = 3 * AT_ONCE;
    let registry = PostgresRegistry::new().await;
    let mut url = Url::parse(registry.url()).unwrap();
    url.query_pairs_mut().append_pair("application_name", "giving-up");
    let mut options = ConnectOptions::parse(url.as_str()).unwrap();
    options.pool_size = 4;
    options.connect_timeout = Duration::from_secs(10);
    let store = PostgresStore::open(&options).await.unwrap();
    let mut observer = registry.connect().await;
    let mut other = registry.connect().await;
    other.execute("BEGIN; LOCK TABLE models").await.unwrap();
    let (mut seen, mut most) = (HashSet::new(), 0);
    let giving_up = async {
        // The server would go on with each for a minute.
        while seen.len() <= MOST + AT_ONCE {
            let reads = (0..AT_ONCE).map(|_| tokio::time::timeout(Duration::from_millis(500), find(&store)));
            assert!(join_all(reads).await.iter().all(std::result::Result::is_err));
            let open = processes(&mut observer).await;
            most = most.max(open.len());
            seen.extend(open);
        }
    };
    tokio::time::timeout(Duration::from_mins(1), giving_up)
        .await
        .unwrap();
    assert!(most <= MOST, "{most} at once of {}", seen.len());
    other.execute("ROLLBACK").await.unwrap();
    assert!(!find(&store).await.unwrap());
}

#[tokio::test]
async fn a_replica_is_waited_for_as_long_as_it_says_itself() {
    let registry = PostgresRegistry::new().await;
    let (proxy, replica) = way(&registry, 2).await;
    // The primary's statements may take a minute.
    let options = registry.options.clone().with_replica(replica);
    let store = PostgresStore::open(&options).await.unwrap();
    let behind = store.preferring(ReadPreference::Replica);
    let trips = proxy.trips();
    assert!(find(&behind).await.unwrap());
    assert!(proxy.trips() > trips, "the replica was not asked");
    rested(&behind).await;
    proxy.cut(Cut::Silence);
    assert!(find(&behind).await.unwrap());
}
