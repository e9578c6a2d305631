//! What opening, migrating and reaching a registry on PostgreSQL promise, besides what every backend does.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::time::{Duration, Instant};

use registry_core::{Category, Error, Registration, RegistryStore, WriteContext};
use registry_postgres::{ConnectOptions, PostgresStore, migrate};
use registry_tests::{Database, PostgresRegistry, a_model, alice, at, dump};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

fn options(database: &Database) -> ConnectOptions {
    ConnectOptions::parse(database.url()).unwrap()
}

async fn run(database: &Database, statement: &str) {
    let mut connection = PgConnection::connect(database.url()).await.unwrap();
    connection
        .execute(AssertSqlSafe(statement.to_owned()))
        .await
        .unwrap();
}

async fn tables(database: &Database) -> i64 {
    let mut connection = PgConnection::connect(database.url()).await.unwrap();
    let ours = "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')";
    sqlx::Row::get(&connection.fetch_one(ours).await.unwrap(), 0)
}

async fn refused(options: &ConnectOptions) -> Error {
    let error = PostgresStore::open(options).await.unwrap_err();
    let created = PostgresStore::open_or_create(options).await;
    if error.code() != "registry_missing" {
        assert_eq!(created.unwrap_err().code(), error.code());
    }
    error
}

fn registration() -> Registration {
    a_model("gpt", "1.0.0").into()
}

async fn register(store: &PostgresStore) -> registry_core::Result<()> {
    let context = WriteContext::new(alice(), at(1));
    store.register(&context, registration()).await.map(drop)
}

#[tokio::test]
async fn an_empty_database_is_opened_by_nothing_but_a_wish_to_create() {
    let database = Database::new().await;
    let options = options(&database);
    let error = PostgresStore::open(&options).await.unwrap_err();
    assert_eq!(error.code(), "registry_missing");
    assert!(!migrate::status(&options).await.unwrap().current);
    assert_eq!(tables(&database).await, 0);

    let store = PostgresStore::open_or_create(&options).await.unwrap();
    register(&store).await.unwrap();
    let again = PostgresStore::open(&options).await.unwrap();
    assert_eq!(dump(&again).await.unwrap(), dump(&store).await.unwrap());
    let status = migrate::status(&options).await.unwrap();
    assert!(status.current, "{status}");
}

#[tokio::test]
async fn of_ten_programs_that_start_at_once_one_migrates() {
    let database = Database::new().await;
    let options = options(&database).in_schema("shared").unwrap();
    let programs = (0..10).map(|_| {
        let options = options.clone();
        tokio::spawn(async move { migrate::migrate(&options).await })
    });
    let programs: Vec<_> = programs.collect();
    let mut changed = 0;
    for program in programs {
        changed += u32::from(program.await.unwrap().unwrap().changed);
    }
    assert_eq!(changed, 1);
    PostgresStore::open(&options).await.unwrap();
}

#[tokio::test]
async fn a_rehearsal_of_a_migration_leaves_nothing() {
    let database = Database::new().await;
    let options = options(&database).in_schema("later").unwrap();
    let report = migrate::rehearse(&options).await.unwrap();
    assert!(report.changed && report.dry_run, "{report}");
    assert_eq!(tables(&database).await, 0);
}

#[tokio::test]
async fn registries_of_two_schemas_know_nothing_of_each_other() {
    let database = Database::new().await;
    let one = options(&database).in_schema("one").unwrap();
    let two = options(&database).in_schema("two").unwrap();
    let one = PostgresStore::open_or_create(&one).await.unwrap();
    let two = PostgresStore::open_or_create(&two).await.unwrap();
    register(&one).await.unwrap();
    assert!(dump(&two).await.unwrap().models.is_empty());
    register(&two).await.unwrap();
    assert_eq!(dump(&one).await.unwrap(), dump(&two).await.unwrap());
}

#[tokio::test]
async fn a_later_schema_is_refused() {
    let registry = PostgresRegistry::new().await;
    let later = "INSERT INTO registry_migrations (version, description, success, checksum, execution_time)
                 VALUES (9999, 'later', TRUE, '', 0)";
    registry.connect().await.execute(later).await.unwrap();
    assert_eq!(refused(&registry.options).await.code(), "registry_newer");
    assert_eq!(
        migrate::migrate(&registry.options).await.unwrap_err().code(),
        "registry_newer"
    );
}

#[tokio::test]
async fn another_migration_of_the_same_number_is_refused() {
    let registry = PostgresRegistry::new().await;
    let other = "UPDATE registry_migrations SET checksum = '\\x00'";
    registry.connect().await.execute(other).await.unwrap();
    assert_eq!(refused(&registry.options).await.code(), "damaged");
}

#[tokio::test]
async fn a_record_of_migrations_with_a_gap_or_an_end_that_never_came_is_refused() {
    for (spoil, problem) in [
        (
            "DELETE FROM registry_migrations WHERE version = 1",
            "its migration 1 is missing",
        ),
        (
            "UPDATE registry_migrations SET success = FALSE WHERE version = 2",
            "its migration 2 was begun and never finished",
        ),
    ] {
        let registry = PostgresRegistry::new().await;
        registry.connect().await.execute(spoil).await.unwrap();
        let error = refused(&registry.options).await;
        assert_eq!(error.code(), "damaged");
        assert!(error.to_string().contains(problem), "{error}");
        let migrated = migrate::migrate(&registry.options).await;
        assert_eq!(migrated.unwrap_err().code(), "damaged");
    }
}

#[tokio::test]
async fn tables_of_another_program_are_left_alone() {
    let database = Database::new().await;
    run(
        &database,
        "CREATE TABLE events (id INT); CREATE TABLE _sqlx_migrations (version BIGINT)",
    )
    .await;
    let options = options(&database);
    assert_eq!(refused(&options).await.code(), "not_a_registry");
    assert_eq!(
        migrate::migrate(&options).await.unwrap_err().code(),
        "not_a_registry"
    );
    assert_eq!(tables(&database).await, 2);
    // Beside them, in a schema of its own, there is room.
    PostgresStore::open_or_create(&options.in_schema("registry").unwrap())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_role_that_may_read_can_only_read() {
    let database = Database::new().await;
    let store = PostgresStore::open_or_create(&options(&database)).await.unwrap();
    register(&store).await.unwrap();
    let role = format!("registry_reader_{}", std::process::id());
    run(
        &database,
        &format!(
            "CREATE ROLE {role} LOGIN; GRANT USAGE ON SCHEMA public TO {role};
             GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}"
        ),
    )
    .await;
    let reader = PostgresStore::open(&ConnectOptions::parse(&database.url_as(&role)).unwrap())
        .await
        .unwrap();
    assert_eq!(dump(&reader).await.unwrap(), dump(&store).await.unwrap());
    assert_eq!(register(&reader).await.unwrap_err().code(), "access_denied");
    run(&database, &format!("DROP OWNED BY {role}; DROP ROLE {role}")).await;
}

#[tokio::test]
async fn a_schema_that_a_role_may_not_use_is_named_with_the_grant_that_it_lacks() {
    let database = Database::new().await;
    let role = format!("Registry stranger {}", std::process::id());
    let grantee = format!("\"{role}\"");
    let owners = options(&database).in_schema("vision").unwrap();
    let store = PostgresStore::open_or_create(&owners).await.unwrap();
    let public = format!("CREATE ROLE {grantee} LOGIN; REVOKE ALL ON SCHEMA public FROM PUBLIC");
    run(&database, &public).await;
    let strangers = ConnectOptions::parse(&database.url_as(&role)).unwrap();
    for (options, schema) in [
        (strangers.clone().in_schema("vision").unwrap(), "vision"),
        (strangers, "public"),
    ] {
        let error = refused(&options).await;
        assert_eq!(error.code(), "access_denied", "{error}");
        let grant = format!("GRANT USAGE ON SCHEMA {schema} TO {grantee}");
        assert!(error.to_string().contains(&format!("`{grant}`")), "{error}");
        run(&database, &grant).await;
        let error = PostgresStore::open(&options).await.unwrap_err();
        // The tables are the next that he may not.
        assert_eq!(
            error.code(),
            if schema == "vision" {
                "access_denied"
            } else {
                "registry_missing"
            },
            "{error}"
        );
    }
    drop(store);
    run(
        &database,
        &format!("DROP OWNED BY {grantee}; DROP ROLE {grantee}"),
    )
    .await;
}

#[tokio::test]
async fn a_database_of_another_encoding_is_refused_with_the_way_to_make_a_good_one() {
    let database = Database::encoded("LATIN1").await;
    let error = refused(&options(&database)).await;
    assert_eq!(error.code(), "not_a_registry");
    let sentence = error.to_string();
    assert!(sentence.contains("LATIN1"), "{error}");
    assert!(
        sentence.contains("`createdb --encoding UTF8 --template template0`"),
        "{error}"
    );
    assert_eq!(tables(&database).await, 0);
}

#[tokio::test]
async fn a_database_that_only_reads_says_so() {
    let registry = PostgresRegistry::new().await;
    let mut connection = registry.connect().await;
    let read_only = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on',
                     current_database()); END $$";
    connection.execute(read_only).await.unwrap();
    let store = registry.open().await;
    assert!(dump(&store).await.unwrap().models.is_empty());
    assert_eq!(register(&store).await.unwrap_err().code(), "read_only");
    let elsewhere = registry.options.clone().in_schema("elsewhere").unwrap();
    assert_eq!(
        migrate::migrate(&elsewhere).await.unwrap_err().code(),
        "read_only"
    );
}

#[tokio::test]
async fn what_is_not_there_is_named_at_once() {
    let database = Database::new().await;
    let begun = Instant::now();
    let nowhere = ConnectOptions::parse("postgres:///models?host=/nowhere&user=alice").unwrap();
    let error = refused(&nowhere).await;
    assert_eq!(
        (error.code(), error.category()),
        ("unreachable", Category::Failure)
    );
    let closed = ConnectOptions::parse("postgres://alice@127.0.0.1:1/models?sslmode=disable").unwrap();
    assert_eq!(refused(&closed).await.code(), "unreachable");

    let url = database.url();
    let no_database = url.replace("registry_test_", "registry_no_test_");
    assert_eq!(
        refused(&ConnectOptions::parse(&no_database).unwrap())
            .await
            .code(),
        "registry_missing"
    );
    let nobody = format!("{url}&user=registry_nobody");
    assert_eq!(
        refused(&ConnectOptions::parse(&nobody).unwrap()).await.code(),
        "access_denied"
    );
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_statement_that_waits_too_long_ends() {
    let registry = PostgresRegistry::new().await;
    let mut others = registry.connect().await;
    others
        .execute("BEGIN; INSERT INTO model_names VALUES ('gpt', 0)")
        .await
        .unwrap();
    let mut options = registry.options.clone();
    options.statement_timeout = Duration::from_millis(100);
    let store = PostgresStore::open(&options).await.unwrap();
    let error = register(&store).await.unwrap_err();
    assert_eq!(error.code(), "timed_out", "{error}");
    others.execute("ROLLBACK").await.unwrap();
    register(&store).await.unwrap();
}

#[tokio::test]
async fn when_all_connections_are_taken_it_says_so() {
    let registry = PostgresRegistry::new().await;
    let mut others = registry.connect().await;
    others
        .execute("BEGIN; INSERT INTO model_names VALUES ('gpt', 0)")
        .await
        .unwrap();
    let mut options = registry.options.clone();
    options.pool_size = 1;
    options.connect_timeout = Duration::from_secs(2);
    let store = PostgresStore::open(&options).await.unwrap();
    // From here on nobody has to wait for the server to take a connection.
    dump(&store).await.unwrap();
    let waiting = tokio::spawn({
        let store = store.clone();
        async move { register(&store).await }
    });
    let error = loop {
        // Until the other has taken the only connection, this finds an empty registry.
        if let Err(error) = dump(&store).await {
            break error;
        }
    };
    assert_eq!(error.code(), "busy", "{error}");
    others.execute("ROLLBACK").await.unwrap();
    waiting.await.unwrap().unwrap();
}

/// The id that a version gets.
async fn next(store: &PostgresStore, version: &str, dry_run: bool) -> registry_core::Result<i64> {
    let context = WriteContext::new(alice(), at(1)).dry_run(dry_run);
    let registered = store.register(&context, a_model("gpt", version).into()).await?;
    Ok(registered.model.id.get())
}

#[tokio::test]
async fn numbers_of_rehearsals_and_refusals_are_given_out_again_unless_others_took_some() {
    let registry = PostgresRegistry::new().await;
    let (store, other) = (registry.open().await, registry.open().await);
    assert_eq!(next(&store, "1.0.0", true).await.unwrap(), 1);
    assert_eq!(next(&store, "1.0.0", false).await.unwrap(), 1);
    assert_eq!(
        next(&store, "1.0.0", false).await.unwrap_err().code(),
        "model_exists"
    );
    assert_eq!(next(&store, "1.1.0", true).await.unwrap(), 2);
    // The other program cannot know; what it takes is higher, and from then on everything is.
    assert_eq!(next(&other, "1.1.0", false).await.unwrap(), 3);
    assert_eq!(next(&store, "1.2.0", false).await.unwrap(), 4);
    let events = dump(&store).await.unwrap().events;
    let numbers: Vec<i64> = events.iter().map(|event| event.id.0).collect();
    assert!(numbers.is_sorted_by(|a, b| a > b), "{numbers:?}");
}

#[tokio::test]
async fn a_server_that_went_away_is_not_taken_for_a_busy_one() {
    let binaries = throwaway_postgres::Binaries::find().unwrap();
    let server = throwaway_postgres::Server::start(&binaries, &[]).unwrap();
    let mut options = ConnectOptions::parse(&server.url("postgres")).unwrap();
    options.connect_timeout = Duration::from_millis(500);
    let store = PostgresStore::open_or_create(&options).await.unwrap();
    server.halt("fast").unwrap();
    for _ in 0..2 {
        // First the connection that was there is lost, then there is none to be had.
        assert_eq!(register(&store).await.unwrap_err().code(), "unreachable");
    }
    server.run().unwrap();
    register(&store).await.unwrap();
    assert_eq!(dump(&store).await.unwrap().models.len(), 1);
}
