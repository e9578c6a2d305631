//! Following a registry in PostgreSQL: commits out of order, lost connections, wake-ups.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::collections::BTreeSet;
use std::time::Duration;

use futures::{FutureExt, StreamExt};
use registry_core::{EventStream, RegistryStore, WriteContext};
use registry_postgres::PostgresStore;
use registry_tests::following::{follow, next};
use registry_tests::{PostgresRegistry, a_model, alice, at};
use sqlx::postgres::PgListener;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, PgPool};

const INSERT: &str = "
    INSERT INTO events (event_id, at, kind, actor)
    VALUES (nextval('event_ids'), 0, 'settings_changed', 'alice')
";

async fn run(connection: &mut PgConnection, statement: &str) {
    connection.execute(AssertSqlSafe(statement)).await.unwrap();
}

async fn register(store: &PostgresStore, version: &str) {
    let context = WriteContext::new(alice(), at(1));
    let model = a_model("gpt", version).build();
    store.register(&context, model).await.unwrap();
}

/// The follower asks who may still write, again and again, and waits for somebody: nothing comes.
async fn held_back(stream: &mut EventStream, observer: &mut PgConnection) {
    const ASKING: &str = "
        SELECT query_start::text FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%virtualtransaction%'
    ";
    let held = async {
        let mut asked: BTreeSet<String> = BTreeSet::new();
        // One question is seen up to three times: parsed, bound and executed.
        while asked.len() < 10 {
            // A stream goes on only while it is asked.
            assert!(stream.next().now_or_never().is_none(), "an event came too early");
            let asking = sqlx::query_scalar(ASKING).fetch_all(&mut *observer).await;
            asked.extend(asking.unwrap());
        }
    };
    tokio::time::timeout(Duration::from_mins(1), held).await.unwrap();
}

async fn ids(stream: &mut EventStream, count: usize) -> Vec<i64> {
    next(stream, count).await.iter().map(|event| event.id.0).collect()
}

#[tokio::test]
async fn a_slower_transaction_is_not_skipped() {
    let registry = PostgresRegistry::new().await;
    let store = registry.open().await;
    let (mut slow, mut fast) = (registry.connect().await, registry.connect().await);
    let mut stream = follow(&store, Some(0)).await;
    let mut slow = slow.begin().await.unwrap();
    run(&mut slow, INSERT).await;
    run(&mut fast, INSERT).await;
    held_back(&mut stream, &mut fast).await;
    // Who begins only now is not waited for.
    let mut later = registry.connect().await;
    let mut later = later.begin().await.unwrap();
    run(&mut later, INSERT).await;
    slow.commit().await.unwrap();
    assert_eq!(ids(&mut stream, 2).await, [1, 2]);
    later.commit().await.unwrap();
    assert_eq!(ids(&mut stream, 1).await, [3]);
}

#[tokio::test]
async fn one_that_is_rolled_back_is_not_waited_for() {
    let registry = PostgresRegistry::new().await;
    let store = registry.open().await;
    let (mut slow, mut fast) = (registry.connect().await, registry.connect().await);
    let mut stream = follow(&store, Some(0)).await;
    let mut slow = slow.begin().await.unwrap();
    run(&mut slow, INSERT).await;
    run(&mut fast, INSERT).await;
    held_back(&mut stream, &mut fast).await;
    slow.rollback().await.unwrap();
    assert_eq!(ids(&mut stream, 1).await, [2]);
}

#[tokio::test]
async fn an_old_number_is_waited_for_as_a_new_one() {
    const LOOK: &str = include_str!("../../crates/registry-postgres/queries/numbers/last_event_id.sql");
    let registry = PostgresRegistry::new().await;
    let store = registry.open().await;
    let (mut slow, mut fast) = (registry.connect().await, registry.connect().await);
    run(&mut slow, "SELECT nextval('event_ids')").await;
    let mut stream = follow(&store, Some(0)).await;
    // A number that a rehearsal left over is used: nothing is taken from the sequence.
    let mut slow = slow.begin().await.unwrap();
    let last: Option<i64> = sqlx::query_scalar(LOOK).fetch_one(&mut *slow).await.unwrap();
    assert_eq!(last, Some(1));
    run(&mut fast, INSERT).await;
    held_back(&mut stream, &mut fast).await;
    run(&mut slow, &INSERT.replace("nextval('event_ids')", "1")).await;
    slow.commit().await.unwrap();
    assert_eq!(ids(&mut stream, 2).await, [1, 2]);
}

#[tokio::test]
async fn other_transactions_hold_nothing_up() {
    let registry = PostgresRegistry::new().await;
    let store = registry.open().await;
    let (mut other, mut fast) = (registry.connect().await, registry.connect().await);
    // It writes in the same database, and reads everything of the registry, as a copy does.
    let mut other = other.begin().await.unwrap();
    run(
        &mut other,
        "CREATE TABLE elsewhere (x INTEGER); INSERT INTO elsewhere VALUES (1)",
    )
    .await;
    run(&mut other, "SELECT last_value FROM event_ids; TABLE events").await;
    let mut stream = follow(&store, Some(0)).await;
    run(&mut fast, "SELECT nextval('event_ids')").await;
    run(&mut fast, INSERT).await;
    assert_eq!(ids(&mut stream, 1).await, [2]);
    other.rollback().await.unwrap();
}

#[tokio::test]
async fn now_is_after_the_writes_under_way() {
    let registry = PostgresRegistry::new().await;
    let store = registry.open().await;
    let (mut slow, mut fast) = (registry.connect().await, registry.connect().await);
    let mut slow = slow.begin().await.unwrap();
    run(&mut slow, INSERT).await;
    run(&mut fast, INSERT).await;
    let following = tokio::spawn({
        let store = store.clone();
        async move { follow(&store, None).await }
    });
    // This one is committed before it has begun, or after: it is not missed either way when it comes later.
    slow.commit().await.unwrap();
    let mut stream = following.await.unwrap();
    run(&mut fast, INSERT).await;
    assert_eq!(ids(&mut stream, 1).await, [3]);
}

#[tokio::test]
async fn goes_on_after_lost_connections() {
    const TERMINATE: &str = "
        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'model-registry'
    ";
    let registry = PostgresRegistry::new().await;
    let store = registry.open().await;
    let mut stream = follow(&store, None).await;
    let mut writer = registry.connect().await;
    for id in 1..=5 {
        let ended: i64 = sqlx::query_scalar(TERMINATE)
            .fetch_one(&mut writer)
            .await
            .unwrap();
        assert!(ended > 0);
        run(&mut writer, INSERT).await;
        assert_eq!(ids(&mut stream, 1).await, [id]);
    }
}

#[tokio::test]
async fn a_registry_that_is_gone_ends_the_stream() {
    let registry = PostgresRegistry::new().await;
    let store = registry.open().await;
    let mut stream = follow(&store, None).await;
    run(&mut registry.connect().await, "DROP TABLE model_tags, events").await;
    let ended = tokio::time::timeout(Duration::from_mins(1), stream.next())
        .await
        .unwrap();
    assert_eq!(ended.unwrap().unwrap_err().code(), "damaged");
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn writes_wake_up_only_those_of_their_schema() {
    const CHANNEL: &str = include_str!("../../crates/registry-postgres/queries/watch/channel.sql");
    let registry = PostgresRegistry::new().await;
    let store = registry.open().await;
    let pool = PgPool::connect_lazy(registry.url()).unwrap();
    let channel: String = sqlx::query_scalar(CHANNEL).fetch_one(&pool).await.unwrap();
    let mut listener = PgListener::connect_with(&pool).await.unwrap();
    listener.listen(&channel).await.unwrap();

    let other = registry.options.clone().in_schema("another").unwrap();
    let other = PostgresStore::open_or_create(&other).await.unwrap();
    register(&other, "1.0.0").await;
    other.close().await;
    register(&store, "1.0.0").await;
    // What was told first comes first: the other schema's word would have come before.
    let told = tokio::time::timeout(Duration::from_mins(1), listener.recv()).await;
    assert_eq!(told.unwrap().unwrap().channel(), channel);
    let mut stream = follow(&store, Some(0)).await;
    assert_eq!(ids(&mut stream, 1).await, [1]);
}
