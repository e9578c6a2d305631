//! Failures of the server and of the line to it, in the middle of writes: each ends in a typed error or in success,
//! before its deadline. What was acknowledged is there, what was refused is not, and nothing is there by half.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::time::Duration;

use registry_core::{Bump, Category, Error, IdempotencyKey, Model, RegistryStore, Result, WriteContext};
use registry_postgres::{ConnectOptions, PostgresStore};
use registry_tests::dice::Dice;
use registry_tests::faults::{Ledger, Writers, in_time, promote, register, rich};
use registry_tests::proxy::{Cut, Proxy};
use registry_tests::{PostgresRegistry, a_model, alice, at, dump, name, tag};
use sqlx::{AssertSqlSafe, Executor};
use throwaway_postgres::{Binaries, Server};

async fn run(registry: &PostgresRegistry, statement: &str) {
    let mut connection = registry.connect().await;
    connection.execute(AssertSqlSafe(statement)).await.unwrap();
}

fn own_server(settings: &[(&str, &str)]) -> Server {
    Server::start(&Binaries::find().unwrap(), settings).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sessions_are_ended_in_the_middle_of_writes() {
    const KILLS: u32 = 60;
    const KILL: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
        ORDER BY random() LIMIT 1";
    let registry = PostgresRegistry::new().await;
    let store = registry.open().await;
    let writers = Writers::start(&store, 8);
    let mut other = registry.connect().await;
    let mut killed = 0;
    while killed < KILLS {
        let ended = in_time(other.execute(KILL)).await.unwrap();
        killed += u32::try_from(ended.rows_affected()).unwrap();
        writers.acknowledged(usize::try_from(killed).unwrap()).await;
    }
    let ledger = writers.stop().await;
    println!("{killed} sessions ended: {ledger}");
    assert!(ledger.failed() > 0);
    ledger.check(&registry.open().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_server_stops_and_starts_in_the_middle_of_writes() {
    let server = own_server(&[("synchronous_commit", "on")]);
    let mut options = ConnectOptions::parse(&server.url("postgres")).unwrap();
    options.connect_timeout = Duration::from_secs(3);
    let store = PostgresStore::open_or_create(&options).await.unwrap();
    let mut ledger = Ledger::default();
    for mode in ["fast", "immediate", "fast", "immediate"] {
        let writers = Writers::start(&store, 4);
        writers.acknowledged(10).await;
        tokio::task::block_in_place(|| server.halt(mode)).unwrap();
        let error = in_time(store.settings()).await.unwrap_err();
        assert_eq!(error.code(), "unreachable", "{error}");
        tokio::task::block_in_place(|| server.run()).unwrap();
        writers.acknowledged(20).await;
        ledger.add(writers.stop().await);
    }
    println!("the server stopped four times: {ledger}");
    ledger.check(&PostgresStore::open(&options).await.unwrap()).await;
}

#[tokio::test]
async fn a_server_without_connections_left_says_so() {
    let server = own_server(&[("max_connections", "4"), ("superuser_reserved_connections", "0")]);
    let mut options = ConnectOptions::parse(&server.url("postgres")).unwrap();
    options.connect_timeout = Duration::from_secs(2);
    options.pool_size = 1;
    let store = PostgresStore::open_or_create(&options).await.unwrap();
    store.close().await;
    let mut taken = Vec::new();
    let all = loop {
        match PostgresStore::open(&options).await {
            Ok(store) => match store.settings().await {
                Ok(_) => taken.push(store),
                Err(error) => break error,
            },
            Err(error) => break error,
        }
        assert!(taken.len() <= 4);
    };
    assert_eq!(all.code(), "unreachable", "{all}");
    // Whoever has a connection goes on, and when one is free again there is a place.
    register(&taken[0], rich("gpt", "1.0.0")).await.unwrap();
    taken.pop().unwrap().close().await;
    // The server takes a moment to notice.
    let opening = async {
        loop {
            match PostgresStore::open(&options).await {
                Ok(store) => return store,
                Err(error) => assert_eq!(error.code(), "unreachable", "{error}"),
            }
        }
    };
    let store = in_time(opening).await;
    assert_eq!(dump(&store).await.unwrap().models.len(), 1);
}

#[tokio::test]
async fn a_statement_that_takes_too_long_changes_nothing() {
    let registry = PostgresRegistry::new().await;
    let mut options = registry.options.clone();
    options.statement_timeout = Duration::from_millis(200);
    let hurried = PostgresStore::open(&options).await.unwrap();
    let store = registry.open().await;
    let model = register(&store, rich("gpt", "1.0.0")).await.unwrap();
    let mut other = registry.connect().await;
    other
        .execute("BEGIN; SELECT FROM models FOR UPDATE; SELECT FROM model_names FOR UPDATE")
        .await
        .unwrap();
    let before = dump(&store).await.unwrap();
    for outcome in [
        in_time(promote(&hurried, model.id)).await,
        in_time(register(&hurried, rich("gpt", "2.0.0"))).await.map(drop),
    ] {
        assert_eq!(outcome.unwrap_err().code(), "timed_out");
    }
    assert_eq!(dump(&store).await.unwrap(), before);
    other.execute("ROLLBACK").await.unwrap();
    promote(&store, model.id).await.unwrap();
    register(&store, rich("gpt", "2.0.0")).await.unwrap();
}

#[tokio::test]
async fn a_database_that_may_only_be_read_is_read_and_says_so() {
    let registry = PostgresRegistry::new().await;
    let model = register(&registry.open().await, rich("gpt", "1.0.0"))
        .await
        .unwrap();
    let database = registry.url().to_owned();
    let database = url::Url::parse(&database).unwrap().path()[1..].to_owned();
    run(
        &registry,
        &format!("ALTER DATABASE {database} SET default_transaction_read_only = on"),
    )
    .await;
    let store = registry.open().await;
    let before = dump(&store).await.unwrap();
    let context = &WriteContext::new(alice(), at(2));
    let refusals: [Result<()>; 5] = [
        register(&store, rich("gpt", "2.0.0")).await.map(drop),
        promote(&store, model.id).await,
        store.label(context, model.id, &tag("new")).await.map(drop),
        store.delete(context, model.id, true).await.map(drop),
        store
            .set_promotion_scope(context, registry_core::PromotionScope::Name)
            .await
            .map(drop),
    ];
    for refusal in refusals {
        assert_eq!(refusal.unwrap_err().code(), "read_only");
    }
    assert_eq!(dump(&store).await.unwrap(), before);
}

/// A store behind a proxy with a connection of its own, and one that is not.
async fn two_ways(registry: &PostgresRegistry) -> (Proxy, PostgresStore, PostgresStore) {
    let (proxy, mut options) = Proxy::before(registry).await;
    options.pool_size = 1;
    options.connect_timeout = Duration::from_secs(5);
    let cut = PostgresStore::open(&options).await.unwrap();
    (proxy, cut, registry.open().await)
}

async fn find(store: &PostgresStore, version: &str) -> Option<Model> {
    let models = dump(store).await.unwrap().models;
    models
        .into_iter()
        .find(|model| model.version.to_string() == version)
}

#[tokio::test]
async fn the_line_is_cut_after_any_number_of_bytes() {
    const CUTS: u64 = 120;
    let registry = PostgresRegistry::new().await;
    let (proxy, cut, direct) = two_ways(&registry).await;
    let mut dice = Dice::new(1);
    let mut ledger = Ledger::default();
    let mut place = 0;
    while proxy.cuts() < CUTS {
        place += 1;
        assert!(place < 20 * CUTS, "the line is never cut");
        if place % 4 > 1 {
            // Else it begins with a connection.
            ledger.write(&cut, "gpt", &format!("0.{place}.0")).await;
        }
        proxy.cut(if place % 2 == 0 {
            Cut::Asked(dice.roll(12_000))
        } else {
            Cut::Answered(dice.roll(4000))
        });
        ledger.write(&cut, "gpt", &format!("1.{place}.0")).await;
        proxy.cut(Cut::Never);
    }
    println!("{CUTS} cuts: {ledger}");
    assert!(ledger.failed() > 0);
    ledger.check(&direct).await;
}

#[tokio::test]
async fn a_write_with_a_key_is_sent_again_when_nobody_knows_of_its_commit() {
    let registry = PostgresRegistry::new().await;
    let (proxy, cut, direct) = two_ways(&registry).await;
    for (place, (at, done)) in [(Cut::AfterCommit, true), (Cut::BeforeCommit, false)]
        .repeat(5)
        .into_iter()
        .enumerate()
    {
        let key = IdempotencyKey::parse(format!("key-{place}")).unwrap();
        let context = WriteContext::new(alice(), registry_tests::at(1)).idempotency_key(key);
        let next = || rich("gpt", "0.0.0").versioned(Bump::Minor).build();
        proxy.cut(at);
        let error = in_time(cut.register(&context, next())).await.unwrap_err();
        assert!(matches!(error, Error::OutcomeUnknown { .. }), "{error}");
        assert!(error.hint().contains("--idempotency-key"), "{}", error.hint());
        let again = in_time(cut.register(&context, next())).await.unwrap();
        assert_eq!(context.is_replayed(), done);
        assert_eq!(again.model.ordinal, u64::try_from(place).unwrap() + 1);
        // Also from another connection, and once more.
        assert_eq!(in_time(direct.register(&context, next())).await.unwrap(), again);
        let models = dump(&direct).await.unwrap().models;
        assert_eq!(models.len(), place + 1);
        assert_eq!(models[0], again.model);
    }
    assert_eq!(proxy.cuts(), 10);
}

#[tokio::test]
async fn nobody_knows_of_a_commit_whose_answer_is_lost() {
    let registry = PostgresRegistry::new().await;
    let (proxy, cut, direct) = two_ways(&registry).await;
    for (place, (at, done)) in [(Cut::AfterCommit, true), (Cut::BeforeCommit, false)]
        .repeat(5)
        .into_iter()
        .enumerate()
    {
        let version = format!("1.{place}.0");
        proxy.cut(at);
        let error = in_time(register(&cut, rich("gpt", &version))).await.unwrap_err();
        assert!(matches!(error, Error::OutcomeUnknown { .. }), "{error}");
        assert_eq!(error.category(), Category::Failure);
        // The server may still be at it: what it does is seen when it is done.
        let again = in_time(register(&direct, rich("gpt", &version))).await;
        match again {
            Ok(_) => assert!(!done, "a commit that was lost"),
            Err(error) => assert!(done && error.code() == "model_exists", "{error}"),
        }
        let found = find(&direct, &version).await.unwrap();
        assert_eq!(
            (found.tags.len(), found.exports.len(), found.metrics.len()),
            (5, 3, 10)
        );
        // A promotion may simply be repeated.
        proxy.cut(at);
        let error = in_time(promote(&cut, found.id)).await.unwrap_err();
        assert_eq!(error.code(), "outcome_unknown");
        in_time(promote(&cut, found.id)).await.unwrap();
        let held = find(&direct, &version).await.unwrap();
        assert!(held.tag(&tag("production")).is_some_and(|tag| tag.promoted));
    }
    assert_eq!(proxy.cuts(), 20);
    let plain = a_model("gpt", "9.0.0");
    assert_eq!(register(&cut, plain).await.unwrap().name, name("gpt"));
}
