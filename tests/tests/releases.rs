//! Registries as released schemas left them, with data: each is brought to the newest schema, has what it had, and is
//! in order. A release adds a fixture of its schema, made by its own program from the same registry.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::path::{Path, PathBuf};

use registry_core::copy::digest_of;
use registry_core::doctor::DoctorReport;
use registry_core::search::SearchQuery;
use registry_core::{IdempotencyKey, PromoteRequest, PromotionScope, Timestamp, WriteContext};
use registry_postgres::{ConnectOptions, PostgresStore};
use registry_sqlite::SqliteStore;
use registry_sqlite::migrate::{MigrateOptions, migrate};
use registry_tests::copying::Registry;
use registry_tests::{Database, a_model, alice, at, dump, fast_folder, tag};
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection, Executor, PgConnection};
use tempfile::TempDir;

/// A dump of each schema that was released.
const SQLITE: [&str; 4] = ["sqlite-3.sql", "sqlite-4.sql", "sqlite-5.sql", "sqlite-6.sql"];
const POSTGRES: [&str; 3] = ["postgres-1.sql", "postgres-2.sql", "postgres-3.sql"];

/// Some minutes after writes were made in them under a key.
const AFTER_THE_KEYS: i64 = 1_795_948_200_000_000;

fn fixture(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/releases");
    folder.join(name)
}

fn statements(name: &str) -> AssertSqlSafe<String> {
    AssertSqlSafe(std::fs::read_to_string(fixture(name)).unwrap())
}

async fn file(name: &str) -> TempDir {
    let folder = fast_folder();
    let options = SqliteConnectOptions::new().filename(folder.path().join("registry.db"));
    let options = options
        .create_if_missing(true)
        .foreign_keys(false)
        .journal_mode(SqliteJournalMode::Wal);
    let mut connection = options.connect().await.unwrap();
    connection.execute(statements(name)).await.unwrap();
    connection.close().await.unwrap();
    folder
}

async fn database(name: &str) -> Database {
    let database = Database::new().await;
    let mut connection = PgConnection::connect(database.url()).await.unwrap();
    connection.execute(statements(name)).await.unwrap();
    connection.close().await.unwrap();
    database
}

/// All that is expected is there, whatever later releases add.
fn has(found: &Value, expected: &Value, place: &str) {
    match (found, expected) {
        (Value::Object(found), Value::Object(expected)) => {
            for (key, value) in expected {
                has(&found[key], value, &format!("{place}.{key}"));
            }
        }
        (Value::Array(found), Value::Array(expected)) => {
            assert_eq!(found.len(), expected.len(), "{place}");
            for (index, value) in expected.iter().enumerate() {
                has(&found[index], value, &format!("{place}[{index}]"));
            }
        }
        _ => assert_eq!(found, expected, "{place}"),
    }
}

/// The registry has what the file of answers tells (`SNAPSHOTS=overwrite` writes it), is found by what searches need,
/// and goes on.
async fn is_as_it_was(store: &dyn Registry, doctor: DoctorReport, answers: &str, next: i64) {
    let findings: Vec<String> = doctor.findings.iter().map(ToString::to_string).collect();
    assert_eq!(findings, Vec::<String>::new());
    let everything = dump(store).await.unwrap();
    let found = json!({
        "models": everything.models,
        "events": everything.events,
        "settings": everything.settings,
    });
    let path = fixture(answers);
    if std::env::var_os("SNAPSHOTS").is_some_and(|mode| mode == "overwrite") {
        let text = serde_json::to_string_pretty(&found).unwrap();
        std::fs::write(&path, text + "\n").unwrap();
    }
    let expected: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    has(&found, &expected, "");
    for filter in [
        "metadata.seed = 42",
        "exports.format = onnx",
        "metrics.loss = 0.5",
    ] {
        let query = SearchQuery::new(Some(filter.parse().unwrap()), Vec::new()).unwrap();
        let page = store.search(&query, at(0)).await.unwrap();
        let ids: Vec<i64> = page.items.iter().map(|model| model.id.get()).collect();
        assert_eq!(ids, [1], "{filter}");
    }
    let context = WriteContext::new(alice(), at(1_900_000_000));
    let registered = store.register(&context, a_model("next", "1.0.0").into()).await;
    assert_eq!(registered.unwrap().model.id.get(), next);
}

/// `promote gpt@1.0.0 --tag production --scope name` was made under this key before the upgrade. Sent again it is
/// answered as it was then, though the model has lost the tag since, and changes nothing.
async fn knows_the_key(store: &dyn Registry, key: &str) {
    let untag = WriteContext::new(alice(), Timestamp::from_micros(AFTER_THE_KEYS).unwrap());
    let key = IdempotencyKey::parse(key).unwrap();
    let context = untag.clone().idempotency_key(key);
    let request = PromoteRequest::new(1.try_into().unwrap(), tag("production"));
    let model = store.get_many(&[request.model]).await.unwrap().remove(0);
    store.untag(&untag, request.model, &request.tag).await.unwrap();
    let before = dump(store).await.unwrap();

    let again = store
        .promote(&context, request.clone().scope(PromotionScope::Name))
        .await;
    let again = again.unwrap();
    assert!(context.is_replayed());
    assert!(!again.changed && again.lost.is_empty(), "{again:?}");
    assert_eq!((Some(again.model), again.scope), (model, PromotionScope::Name));
    let another = store.promote(&context, request).await.unwrap_err();
    assert_eq!(another.code(), "idempotency_key_reused");
    assert_eq!(dump(store).await.unwrap(), before);
}

/// `webhook create --name ci --events promoted,rolled_back --names 'gpt*' --tags production` was done before the upgrade:
/// it is on, and a test of it is made a delivery.
async fn knows_the_webhook(store: &dyn Registry) {
    let webhooks = store.webhooks();
    let found = webhooks.list().await.unwrap().remove(0);
    assert_eq!((found.name.as_str(), found.enabled), ("ci", true));
    let filter = serde_json::to_value(&found.filter).unwrap();
    let kept = json!({ "kinds": ["promoted", "rolled_back"], "names": ["gpt*"], "tags": ["production"] });
    has(&filter, &kept, "filter");
    let context = WriteContext::new(alice(), at(1_900_000_001));
    let tested = webhooks.test(&context, found.id).await.unwrap();
    assert_eq!(tested.webhook, found.id);
}

#[tokio::test]
async fn schemas_of_sqlite_are_brought_to_the_newest() {
    for name in SQLITE {
        let folder = file(name).await;
        let path = folder.path().join("registry.db");
        let newest = SqliteStore::open(&path).await;
        // A fixture of the newest schema opens as it is.
        if let Err(error) = newest {
            assert_eq!(error.code(), "registry_outdated", "{name}");
            let hint = error.hint();
            assert!(hint.contains("registry-cli migrate --db"), "{hint}");
            let report = migrate(&path, &MigrateOptions::new(alice(), at(0)))
                .await
                .unwrap();
            assert!(report.changed && report.backup.is_some());
        }
        let store = SqliteStore::open(&path).await.unwrap();
        let doctor = store.doctor().await.unwrap();
        is_as_it_was(&store, doctor, "registry.json", 5).await;
        if name == "sqlite-5.sql" {
            knows_the_key(&store, "kept-by-5").await;
        }
        if name == "sqlite-6.sql" {
            knows_the_webhook(&store).await;
        }
    }
}

#[tokio::test]
async fn a_file_of_the_original_is_brought_to_the_newest() {
    let folder = file("original.sql").await;
    let path = folder.path().join("registry.db");
    let error = SqliteStore::open(&path).await.unwrap_err();
    assert_eq!(error.code(), "original_registry");
    migrate(&path, &MigrateOptions::new(alice(), at(0)))
        .await
        .unwrap();
    let store = SqliteStore::open(&path).await.unwrap();
    let doctor = store.doctor().await.unwrap();
    is_as_it_was(&store, doctor, "original.json", 6).await;
}

#[tokio::test]
async fn schemas_of_postgres_are_brought_to_the_newest_by_one_of_ten() {
    for name in POSTGRES {
        let database = database(name).await;
        let options = ConnectOptions::parse(database.url()).unwrap();
        let outdated = PostgresStore::open(&options).await.err();
        if let Some(error) = &outdated {
            assert_eq!(error.code(), "registry_outdated", "{name}");
            let hint = error.hint();
            assert!(hint.contains("registry-cli migrate --db 'postgres:"), "{hint}");
            // Nor is it upgraded by who only wants it to be there.
            let error = PostgresStore::open_or_create(&options).await.unwrap_err();
            assert_eq!(error.code(), "registry_outdated");
        }
        let programs: Vec<_> = (0..10)
            .map(|_| {
                let options = options.clone();
                tokio::spawn(async move { registry_postgres::migrate::migrate(&options).await })
            })
            .collect();
        let mut changed = 0;
        for program in programs {
            changed += u32::from(program.await.unwrap().unwrap().changed);
        }
        assert_eq!(changed, u32::from(outdated.is_some()));
        let store = PostgresStore::open(&options).await.unwrap();
        let doctor = store.doctor().await.unwrap();
        is_as_it_was(&store, doctor, "registry.json", 5).await;
        if name == "postgres-2.sql" {
            knows_the_key(&store, "kept-by-2").await;
        }
        if name == "postgres-3.sql" {
            knows_the_webhook(&store).await;
        }
    }
}

/// The fixtures are of one registry, so that after the upgrade they are the same to the last byte.
#[tokio::test]
async fn all_upgrades_come_to_the_same() {
    let mut digests = Vec::new();
    for name in SQLITE {
        let folder = file(name).await;
        let path = folder.path().join("registry.db");
        migrate(&path, &MigrateOptions::new(alice(), at(0)))
            .await
            .unwrap();
        let store = SqliteStore::open(&path).await.unwrap();
        digests.push(digest_of(&store).await.unwrap());
    }
    for name in POSTGRES {
        let database = database(name).await;
        let options = ConnectOptions::parse(database.url()).unwrap();
        registry_postgres::migrate::migrate(&options).await.unwrap();
        let store = PostgresStore::open(&options).await.unwrap();
        digests.push(digest_of(&store).await.unwrap());
    }
    digests.dedup();
    assert_eq!(digests.len(), 1, "{digests:?}");
}
