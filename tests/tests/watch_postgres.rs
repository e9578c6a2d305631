//! Following a registry in PostgreSQL: commits out of order, lost connections, wake-ups.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::collections::BTreeSet;
use std::time::Duration;

use futures::future::join_all;
use futures::{FutureExt, StreamExt};
use registry_core::{EventId, EventStream, RegistryStore, WriteContext};
use registry_postgres::{ConnectOptions, PostgresStore};
use registry_tests::following::{follow, next};
use registry_tests::{PostgresRegistry, a_model, alice, at};
use sqlx::postgres::PgListener;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, PgPool};
use tokio::runtime::{Builder, Runtime};
use url::Url;

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

/// A way to the registry whose connections can be told from others.
fn followers(registry: &PostgresRegistry) -> ConnectOptions {
    let mut url = Url::parse(registry.url()).unwrap();
    url.query_pairs_mut().append_pair("application_name", "followers");
    let mut options = ConnectOptions::parse(url.as_str()).unwrap();
    options.pool_size = 1;
    options
}

async fn connections(observer: &mut PgConnection) -> i64 {
    const OPEN: &str = "
        SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'followers'
    ";
    sqlx::query_scalar(OPEN).fetch_one(observer).await.unwrap()
}

/// The server takes a moment to notice that one has gone.
async fn all_are_gone(observer: &mut PgConnection) {
    let gone = async { while connections(observer).await > 0 {} };
    tokio::time::timeout(Duration::from_mins(1), gone).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_who_follow_share_a_connection() {
    const FOLLOWERS: usize = 200;
    let registry = PostgresRegistry::new().await;
    let store = PostgresStore::open(&followers(&registry)).await.unwrap();
    let mut writer = registry.connect().await;
    run(&mut writer, INSERT).await;
    all_are_gone(&mut writer).await;
    let mut streams = Vec::new();
    for _ in 0..FOLLOWERS {
        streams.push(follow(&store, None).await);
    }
    for id in 2..=20 {
        if id % 3 == 0 {
            // A number that nobody used.
            run(&mut writer, "SELECT nextval('event_ids')").await;
        } else {
            run(&mut writer, INSERT).await;
        }
    }
    let all: Vec<i64> = (2..=20).filter(|id| id % 3 != 0).collect();
    let heard = streams.iter_mut().map(|stream| ids(stream, all.len()));
    for heard in join_all(heard).await {
        assert_eq!(heard, all);
    }
    assert_eq!(connections(&mut writer).await, 1);
    // It goes with the last of them.
    let last = streams.pop();
    drop(streams);
    run(&mut writer, INSERT).await;
    assert_eq!(connections(&mut writer).await, 1);
    drop(last);
    all_are_gone(&mut writer).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_hears_all_in_order_while_many_write_and_connections_are_lost() {
    const WRITERS: usize = 4;
    const EACH: usize = 20;
    const FOLLOWERS: usize = 40;
    const TERMINATE: &str = "
        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'followers'
    ";
    let registry = PostgresRegistry::new().await;
    let following = PostgresStore::open(&followers(&registry)).await.unwrap();
    let writing = registry.open().await;
    let mut streams = Vec::new();
    for place in 0..FOLLOWERS {
        streams.push(follow(&following, (place % 2 == 0).then_some(0)).await);
    }
    let hearing = join_all(streams.iter_mut().map(|stream| ids(stream, WRITERS * EACH)));
    let writers = join_all((0..WRITERS).map(|writer| {
        let writing = writing.clone();
        async move {
            for version in 0..EACH {
                register(&writing, &format!("{writer}.{version}.0")).await;
                if version % 5 == 4 {
                    // What is refused leaves its number to others, or a gap.
                    let again = a_model("gpt", &format!("{writer}.{version}.0")).build();
                    let context = WriteContext::new(alice(), at(1));
                    writing.register(&context, again).await.unwrap_err();
                }
            }
        }
    }));
    let breaking = async {
        let mut other = registry.connect().await;
        let mut ended = 0;
        while ended < 6 {
            let more: i64 = sqlx::query_scalar(TERMINATE).fetch_one(&mut other).await.unwrap();
            ended += more;
        }
    };
    let (heard, _, ()) = tokio::join!(hearing, writers, breaking);
    let all: Vec<i64> = sqlx::query_scalar("SELECT event_id FROM events ORDER BY event_id")
        .fetch_all(&mut registry.connect().await)
        .await
        .unwrap();
    assert_eq!(all.len(), WRITERS * EACH);
    for heard in heard {
        assert_eq!(heard, all);
    }
}

#[tokio::test]
async fn who_is_far_behind_reads_what_is_not_at_hand_any_more() {
    const MANY: &str = "
        INSERT INTO events (event_id, at, kind, actor)
        SELECT nextval('event_ids'), 0, 'settings_changed', 'alice' FROM generate_series(1, 1500)
    ";
    let registry = PostgresRegistry::new().await;
    let store = registry.open().await;
    let mut writer = registry.connect().await;
    let (mut slow, mut quick) = (follow(&store, None).await, follow(&store, None).await);
    run(&mut writer, MANY).await;
    let all: Vec<i64> = (1..=1500).collect();
    assert_eq!(ids(&mut quick, 1500).await, all);
    assert_eq!(ids(&mut slow, 1500).await, all);
    run(&mut writer, INSERT).await;
    assert_eq!(ids(&mut slow, 1).await, [1501]);
    assert_eq!(ids(&mut quick, 1).await, [1501]);
}

#[tokio::test]
async fn what_is_committed_is_read_at_once_though_nobody_has_looked_since() {
    let registry = PostgresRegistry::new().await;
    let store = registry.open().await;
    let mut writer = registry.connect().await;
    let mut feed = store.events().await.unwrap();
    for turn in 0..10 {
        // Nobody tells of it, and there is a gap before it.
        let last = EventId(4 * turn);
        run(&mut writer, "SELECT nextval('event_ids')").await;
        run(&mut writer, INSERT).await;
        assert_eq!(feed.now().await.unwrap(), EventId(last.0 + 2));
        assert_eq!(feed.after(last, 10).await.unwrap().len(), 1);
        run(&mut writer, "SELECT nextval('event_ids')").await;
        run(&mut writer, INSERT).await;
        assert_eq!(feed.after(last, 10).await.unwrap().len(), 2);
    }
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

#[test]
fn it_goes_on_when_nothing_drives_the_runtime_of_the_first() {
    let (first, second) = (runtime(), runtime());
    let registry = second.block_on(PostgresRegistry::new());
    let store = second.block_on(registry.open());
    second.block_on(register(&store, "1.0.0"));
    let mut began = first.block_on(follow(&store, None));
    let mut stream = second.block_on(follow(&store, Some(0)));
    assert_eq!(second.block_on(ids(&mut stream, 1)), [1]);
    for id in 2..=3 {
        second.block_on(register(&store, &format!("{id}.0.0")));
        assert_eq!(second.block_on(ids(&mut stream, 1)), [id]);
    }
    // Whoever begins there does not wait for it either.
    let mut later = second.block_on(follow(&store, None));
    second.block_on(register(&store, "4.0.0"));
    assert_eq!(second.block_on(ids(&mut later, 1)), [4]);
    assert_eq!(first.block_on(ids(&mut began, 3)), [2, 3, 4]);
    first.block_on(async { drop(began) });
    second.block_on(async { drop((stream, later, store, registry)) });
}

#[test]
fn it_goes_on_when_the_runtime_of_the_first_ends() {
    let (first, second) = (runtime(), runtime());
    let registry = second.block_on(PostgresRegistry::new());
    let store = second.block_on(registry.open());
    second.block_on(register(&store, "1.0.0"));
    let began = first.block_on(follow(&store, None));
    let mut stream = second.block_on(follow(&store, Some(0)));
    assert_eq!(second.block_on(ids(&mut stream, 1)), [1]);
    drop(first);
    second.block_on(register(&store, "2.0.0"));
    assert_eq!(second.block_on(ids(&mut stream, 1)), [2]);
    drop(began);
    second.block_on(async { drop((stream, store, registry)) });
}
