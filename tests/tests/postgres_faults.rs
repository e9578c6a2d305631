//! Failures of the server and of the line to it, in the middle of writes: each ends in a typed error or in success,
//! before its deadline. What was acknowledged is there, what was refused is not, and nothing is there by half.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::time::Duration;

use registry_core::backend::Records;
use registry_core::record::OrdinalRecord;
use registry_core::{Bump, Category, Error, IdempotencyKey, Model, RegistryStore, Result, WriteContext};
use registry_postgres::{ConnectOptions, PostgresStore};
use registry_tests::dice::Dice;
use registry_tests::faults::{Ledger, Writers, in_time, promote, register, rich};
use registry_tests::proxy::{Cut, Proxy};
use registry_tests::races::sound::assert_explained;
use registry_tests::{PostgresRegistry, a_model, alice, at, dump, name, tag};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
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

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_rested_while_the_server_was_started_anew_notices_nothing() {
    let server = own_server(&[("synchronous_commit", "on")]);
    let mut options = ConnectOptions::parse(&server.url("postgres")).unwrap();
    options.pool_size = 6;
    let store = PostgresStore::open_or_create(&options).await.unwrap();
    let mut models = 0;
    for turn in 0..6 {
        // Everybody holds a connection at some moment, so that there are several.
        let reads: Vec<_> = (0..12)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move { dump(&store).await.map(drop) })
            })
            .collect();
        for read in reads {
            in_time(read).await.unwrap().unwrap();
        }
        let mode = if turn % 2 == 0 { "fast" } else { "immediate" };
        tokio::task::block_in_place(|| server.halt(mode)).unwrap();
        tokio::task::block_in_place(|| server.run()).unwrap();
        if turn % 3 == 0 {
            in_time(store.settings()).await.unwrap();
        } else if turn % 3 == 1 {
            in_time(registry_core::doctor::examine(&store)).await.unwrap();
        }
        for minor in 0..8 {
            let model = rich("gpt", &format!("{turn}.{minor}.0"));
            in_time(register(&store, model)).await.unwrap();
            models += 1;
        }
    }
    assert_eq!(dump(&store).await.unwrap().models.len(), models);
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
async fn a_transaction_that_rests_too_long_changes_nothing() {
    const OPEN: &str =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND xact_start IS NOT NULL
        AND pid <> pg_backend_pid()";
    let registry = PostgresRegistry::new().await;
    let mut options = registry.options.clone();
    options.idle_in_transaction_timeout = Duration::from_millis(100);
    let slow = PostgresStore::open(&options).await.unwrap();
    let mut other = registry.connect().await;
    let mut ended = async || {
        let ended = async {
            loop {
                let open = other.fetch_one(OPEN).await.unwrap();
                if sqlx::Row::get::<i64, _>(&open, 0) == 0 {
                    return;
                }
            }
        };
        in_time(ended).await;
    };
    let before = dump(&slow).await.unwrap();
    let mut view = slow.read_records().await.unwrap();
    view.count().await.unwrap();
    ended().await;
    // Whether the server's last word is still heard is a matter of chance.
    let error = in_time(view.count()).await.unwrap_err();
    assert!(matches!(error.code(), "timed_out" | "unreachable"), "{error}");

    let mut write = slow.write_records().await.unwrap();
    let name = OrdinalRecord {
        name: "gpt".into(),
        last_ordinal: 7,
    };
    write.put_name(&name).await.unwrap();
    ended().await;
    let error = in_time(write.commit()).await.unwrap_err();
    assert!(matches!(error.code(), "timed_out" | "outcome_unknown"), "{error}");
    assert_eq!(dump(&slow).await.unwrap(), before);
    let model = register(&slow, rich("gpt", "1.0.0")).await.unwrap();
    assert_eq!(model.ordinal, 1);
}

/// A folder with little room; it goes when this is dropped.
struct Small(PathBuf);

impl Small {
    /// `None` where this user may not have one.
    fn new(server: &Server) -> Option<Self> {
        let folder = server.folder().join("small");
        std::fs::create_dir(&folder).unwrap();
        let mut mount = std::process::Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", "size=24m", "tmpfs"])
            .arg(&folder);
        if !mount.status().is_ok_and(|status| status.success()) {
            return None;
        }
        let owner = std::fs::metadata(server.folder().join("data")).unwrap();
        std::os::unix::fs::chown(&folder, Some(owner.uid()), Some(owner.gid())).unwrap();
        Some(Self(folder))
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount")
            .arg("-l")
            .arg(&self.0)
            .status();
    }
}

#[tokio::test]
async fn a_full_disk_is_named_and_holds_nothing_by_half() {
    const FILL: &str = "INSERT INTO filler SELECT repeat('x', 7000) FROM generate_series(1, 100)";
    let server = own_server(&[]);
    let Some(small) = Small::new(&server) else {
        println!("NOT TESTED: A FULL DISK. This user may not mount a small file system (root may).");
        return;
    };
    let mut owner = PgConnection::connect(&server.url("postgres")).await.unwrap();
    for statement in [
        format!("CREATE TABLESPACE small LOCATION '{}'", small.0.display()),
        "CREATE DATABASE models TABLESPACE small TEMPLATE template0".to_owned(),
    ] {
        owner.execute(AssertSqlSafe(statement)).await.unwrap();
    }
    let options = ConnectOptions::parse(&server.url("models")).unwrap();
    let store = PostgresStore::open_or_create(&options).await.unwrap();
    let mut filler = PgConnection::connect(&server.url("models")).await.unwrap();
    // As it is, not compressed.
    let table = "CREATE TABLE filler (text TEXT); ALTER TABLE filler ALTER text SET STORAGE PLAIN";
    filler.execute(table).await.unwrap();
    while filler.execute(FILL).await.is_ok() {}
    // There may be room left in pages that are there.
    let mut written = 0;
    let error = loop {
        assert!(written < 2000, "the disk is never full");
        match in_time(register(&store, rich("gpt", &format!("1.{written}.0")))).await {
            Ok(_) => written += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, Error::StorageFull { .. }), "{error} {error:?}");
    let found = dump(&store).await.unwrap();
    assert_eq!(found.models.len(), written);
    assert_explained(&found);
    filler.execute("DROP TABLE filler").await.unwrap();
    // What the disk had no room for is written now.
    register(&store, rich("gpt", &format!("1.{written}.0")))
        .await
        .unwrap();
    assert_eq!(dump(&store).await.unwrap().models.len(), written + 1);
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
async fn a_line_that_is_dead_without_a_word_is_given_up() {
    let registry = PostgresRegistry::new().await;
    let (proxy, mut options) = Proxy::before(&registry).await;
    options.pool_size = 4;
    options.connect_timeout = Duration::from_secs(2);
    options.statement_timeout = Duration::from_millis(500);
    let store = PostgresStore::open(&options).await.unwrap();
    let model = register(&store, rich("gpt", "1.0.0")).await.unwrap();

    proxy.cut(Cut::SilenceAfterCommit);
    let error = in_time(promote(&store, model.id)).await.unwrap_err();
    assert_eq!(error.code(), "outcome_unknown", "{error}");
    // What is there by now hangs: connections that are open, and those that are made.
    assert_eq!(
        in_time(register(&store, rich("gpt", "2.0.0")))
            .await
            .unwrap_err()
            .code(),
        "unreachable"
    );
    let read = async { dump(&store).await.map(drop) };
    assert_eq!(in_time(read).await.unwrap_err().code(), "unreachable");
    assert_eq!(
        in_time(PostgresStore::open(&options)).await.unwrap_err().code(),
        "unreachable"
    );
    in_time(store.close()).await;

    proxy.cut(Cut::Never);
    let again = in_time(PostgresStore::open(&options)).await.unwrap();
    let held = find(&again, "1.0.0").await.unwrap();
    assert!(held.tag(&tag("production")).is_some());
    in_time(register(&again, rich("gpt", "2.0.0"))).await.unwrap();
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
