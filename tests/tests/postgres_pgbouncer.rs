//! What holds through a pgbouncer in transaction mode, whose few sessions many share, besides what every backend does.

use std::sync::Arc;

use registry_core::RegistryStore;
use registry_core::backend::Records;
use registry_postgres::{ConnectOptions, PostgresStore, migrate};
use registry_tests::faults::{Writers, in_time, register, rich};
use registry_tests::following::{follow, next};
use registry_tests::pooled::{PooledRegistry, before, through};
use registry_tests::{Database, PostgresRegistry, dump, races};
use sqlx::{Executor, PgConnection, Row};

/// Four stores, as four programs would have them, with four connections each.
async fn programs(registry: &PooledRegistry) -> Vec<Arc<dyn RegistryStore>> {
    let mut stores: Vec<Arc<dyn RegistryStore>> = Vec::new();
    for _ in 0..4 {
        stores.push(Arc::new(registry.open().await));
    }
    stores
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_those_who_want_the_same_one_gets_it() {
    let registry = PooledRegistry::new(16).await;
    races::conflicts::one_winner(&programs(&registry).await, 4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn promotions_on_an_expectation_are_linearizable() {
    // Fewer sessions than connections: each is handed around.
    let registry = PooledRegistry::new(6).await;
    let (met, unmet) = races::promotions::linearizable(&programs(&registry).await, 25).await;
    println!("expectations met: {met}, not met: {unmet}");
    assert!(met > 0 && unmet > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn everything_at_once_on_a_few_models() {
    let registry = PooledRegistry::new(6).await;
    let tally = races::mixed::everything(&programs(&registry).await, 40, 1).await;
    println!("{tally:?}");
    assert!(tally.done > tally.refused / 4 && tally.looks > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sessions_behind_it_are_ended_in_the_middle_of_writes() {
    const KILLS: usize = 20;
    const KILL: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
        ORDER BY random() LIMIT 1";
    let registry = PooledRegistry::new(6).await;
    let store = registry.open().await;
    let writers = Writers::start(&store, 8);
    let mut other = registry.registry.connect().await;
    let mut killed = 0;
    while killed < KILLS {
        let ended = in_time(other.execute(KILL)).await.unwrap();
        killed += usize::try_from(ended.rows_affected()).unwrap();
        writers.acknowledged(killed).await;
    }
    let ledger = writers.stop().await;
    println!("{killed} sessions ended: {ledger}");
    assert!(ledger.failed() > 0);
    ledger.check(&registry.registry.open().await).await;
}

#[tokio::test]
async fn of_ten_programs_that_start_at_once_one_migrates_and_schemas_do_not_mix() {
    let database = Database::new().await;
    let pooler = before(database.url(), 3, "");
    let options = ConnectOptions::parse(&through(&pooler, database.url(), true)).unwrap();
    assert!(migrate::rehearse(&options).await.unwrap().changed);
    assert!(!migrate::status(&options).await.unwrap().current);
    let (one, two) = (
        options.clone().in_schema("one").unwrap(),
        options.in_schema("two").unwrap(),
    );
    let programs: Vec<_> = (0..10)
        .map(|place| {
            let options = if place % 2 == 0 { &one } else { &two }.clone();
            tokio::spawn(async move { migrate::migrate(&options).await })
        })
        .collect();
    let mut changed = 0;
    for program in programs {
        changed += u32::from(program.await.unwrap().unwrap().changed);
    }
    assert_eq!(changed, 2);
    let (first, second) = (
        PostgresStore::open(&one).await.unwrap(),
        PostgresStore::open(&two).await.unwrap(),
    );
    for version in ["1.0.0", "2.0.0", "3.0.0"] {
        register(&first, rich("gpt", version)).await.unwrap();
        assert!(dump(&second).await.unwrap().models.is_empty());
    }
    assert_eq!(dump(&first).await.unwrap().models.len(), 3);
    // Through a pgbouncer that nobody speaks of it works nowhere by chance.
    let nowhere = ConnectOptions::parse(&through(&pooler, database.url(), true)).unwrap();
    let missing = PostgresStore::open(&nowhere).await.unwrap_err();
    assert_eq!(missing.code(), "registry_missing");
}

#[tokio::test]
async fn one_that_is_not_named_is_refused_with_the_switch_that_names_it() {
    let registry = PostgresRegistry::new().await;
    let lenient = "ignore_startup_parameters = extra_float_digits,options";
    for (settings, problem) in [
        ("", "unsupported startup parameter"),
        (lenient, "the settings of a session do not come to the server"),
    ] {
        let pooler = before(registry.url(), 3, settings);
        let options = ConnectOptions::parse(&through(&pooler, registry.url(), false)).unwrap();
        for error in [
            in_time(PostgresStore::open(&options)).await.unwrap_err(),
            in_time(migrate::migrate(&options)).await.unwrap_err(),
        ] {
            assert_eq!(error.code(), "unreachable");
            let shown = error.to_string();
            assert!(shown.contains(problem), "{shown}");
            assert!(
                shown.contains("add `pooler=transaction` to the address"),
                "{shown}"
            );
        }
        let named = ConnectOptions::parse(&through(&pooler, registry.url(), true)).unwrap();
        dump(&PostgresStore::open(&named).await.unwrap()).await.unwrap();
    }
    for refused in ["pooler=yes", "pooler=transaction&options=-c%20jit%3Don"] {
        let address = format!("postgres://alice@db/models?{refused}");
        assert_eq!(
            ConnectOptions::parse(&address).unwrap_err().code(),
            "invalid_address"
        );
    }
}

#[tokio::test]
async fn nothing_is_left_in_a_session_that_others_use_next() {
    let registry = PooledRegistry::new(1).await;
    let store = registry.open().await;
    register(&store, rich("gpt", "1.0.0")).await.unwrap();
    dump(&store).await.unwrap();
    store.close().await;
    let url = through(&registry.pooler, registry.registry.url(), false);
    let driver: sqlx::postgres::PgConnectOptions = url.parse().unwrap();
    let driver = driver.extra_float_digits(None);
    let mut other = <PgConnection as sqlx::Connection>::connect_with(&driver)
        .await
        .unwrap();
    for (setting, default) in [
        ("enable_seqscan", "on"),
        ("statement_timeout", "0"),
        ("idle_in_transaction_session_timeout", "0"),
    ] {
        let shown = other
            .fetch_one(sqlx::AssertSqlSafe(format!("SHOW {setting}")))
            .await;
        assert_eq!(shown.unwrap().get::<String, _>(0), default, "{setting}");
    }
}

#[tokio::test]
async fn a_view_of_one_moment_stays_as_it_is() {
    let registry = PooledRegistry::new(3).await;
    let store = registry.open().await;
    register(&store, rich("gpt", "1.0.0")).await.unwrap();
    let mut view = store.read_records().await.unwrap();
    let before = view.count().await.unwrap();
    register(&store, rich("gpt", "2.0.0")).await.unwrap();
    assert_eq!(view.count().await.unwrap(), before);
    assert_eq!(view.models(0, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn followers_on_both_sides_see_what_is_written_through_it() {
    let registry = PooledRegistry::new(3).await;
    let store = registry.open().await;
    let direct = registry.registry.open().await;
    let mut through = in_time(follow(&store, Some(0))).await;
    let mut beside = in_time(follow(&direct, Some(0))).await;
    for version in ["1.0.0", "2.0.0"] {
        register(&store, rich("gpt", version)).await.unwrap();
        let here = in_time(next(&mut through, 1)).await;
        assert_eq!(here, in_time(next(&mut beside, 1)).await);
    }
    // A word that goes through it wakes up those who listen.
    let mut listener = sqlx::postgres::PgListener::connect(registry.registry.url())
        .await
        .unwrap();
    let channel = "SELECT 'model_registry_' || 'public'::regnamespace::oid";
    let channel = registry
        .registry
        .connect()
        .await
        .fetch_one(channel)
        .await
        .unwrap();
    listener.listen(channel.get(0)).await.unwrap();
    register(&store, rich("gpt", "3.0.0")).await.unwrap();
    in_time(listener.recv()).await.unwrap();
}
