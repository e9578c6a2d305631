//! What a file is said to be; and looking changes nothing.

use registry_core::Error;
use registry_sqlite::SqliteStore;
use registry_sqlite::inspect::{SchemaState, inspect};
use registry_sqlite::migrate::{create, status};

use crate::support::{File, execute, row};

/// What `inspect` says of a file with these bytes, which it must leave as they are.
async fn error_of(bytes: &[u8]) -> Error {
    let file = File::new();
    std::fs::write(&file.path, bytes).unwrap();
    let error = inspect(&file.path).await.unwrap_err();
    assert_eq!(file.bytes(), bytes);
    assert_eq!(file.others(), Vec::<String>::new());
    error
}

fn found(error: Error) -> String {
    match error {
        Error::NotARegistry { found, .. } => found,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_missing_and_an_empty_file() {
    let file = File::new();
    assert_eq!(inspect(&file.path).await.unwrap(), SchemaState::Missing);
    std::fs::write(&file.path, b"").unwrap();
    assert_eq!(inspect(&file.path).await.unwrap(), SchemaState::Empty);
    execute(&file.path, "PRAGMA journal_mode = WAL").await;
    assert_eq!(inspect(&file.path).await.unwrap(), SchemaState::Empty);
}

#[tokio::test]
async fn files_that_are_no_databases() {
    for (bytes, words) in [
        (b"name: gpt\n".repeat(20), "a text file"),
        (b"PK\x03\x04".repeat(50), "a zip archive"),
        (b"\x80\x02}".repeat(50), "a Python pickle"),
        (b"\0\x01\x02".repeat(50), "not an SQLite database"),
        (b"x".to_vec(), "a text file"),
    ] {
        let found = found(error_of(&bytes).await);
        assert!(found.starts_with(words), "{found}");
    }
}

#[tokio::test]
async fn a_folder() {
    let file = File::new();
    let error = inspect(file.folder.path()).await.unwrap_err();
    assert_eq!(found(error), "a folder");
}

#[tokio::test]
async fn databases_of_others_are_named() {
    for (statements, words) in [
        ("CREATE TABLE cities (id)", "with `cities`"),
        (
            "CREATE TABLE runs (a); CREATE TABLE metrics (a); CREATE TABLE artifacts (a); CREATE TABLE comparisons (a)",
            "ExperimentDB",
        ),
        (
            "CREATE TABLE models (model_id INTEGER PRIMARY KEY, title)",
            "whose table `models` has no column `name`",
        ),
        (
            "CREATE TABLE model_tags (tag_id, model_id, tag_name, created_at)",
            "without the table `models`",
        ),
        (
            "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on TIMESTAMP \
             NOT NULL DEFAULT 0, success BOOLEAN NOT NULL, checksum BLOB NOT NULL, execution_time BIGINT NOT NULL); \
             INSERT INTO _sqlx_migrations VALUES (1, 'users', 0, 1, x'00', 0); CREATE TABLE users (a)",
            "migrations of another program",
        ),
    ] {
        let file = File::new();
        execute(&file.path, statements).await;
        let before = file.bytes();
        let found = found(inspect(&file.path).await.unwrap_err());
        assert!(found.contains(words), "{found}");
        assert_eq!(file.bytes(), before);
        assert_eq!(file.others(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_file_that_is_cut_off() {
    let file = File::original(&(1..40).map(|id| row(id, "", "")).collect::<String>()).await;
    let whole = file.bytes();
    for length in [
        16,
        50,
        99,
        100,
        512,
        4095,
        4096,
        whole.len() - 4096,
        whole.len() - 1,
    ] {
        let error = error_of(&whole[..length]).await;
        assert_eq!(error.code(), "damaged", "{length}: {error}");
        assert!(
            error.to_string().contains("cut off") || length >= 100,
            "{length}: {error}"
        );
    }
}

#[tokio::test]
async fn a_file_of_the_original_with_things_of_the_users_own() {
    let file = File::original(
        "CREATE TABLE my_notes (a); ALTER TABLE models ADD COLUMN owner TEXT; CREATE VIEW v AS SELECT 1",
    )
    .await;
    let before = file.bytes();
    assert_eq!(inspect(&file.path).await.unwrap(), SchemaState::Original);
    assert_eq!(
        SqliteStore::open(&file.path).await.unwrap_err().code(),
        "original_registry"
    );
    assert_eq!(
        SqliteStore::open_or_create(&file.path).await.unwrap_err().code(),
        "original_registry"
    );
    assert_eq!(file.bytes(), before);
    assert_eq!(file.others(), Vec::<String>::new());
}

#[tokio::test]
async fn registries_of_other_releases() {
    let file = File::new();
    create(&file.path).await.unwrap();
    assert_eq!(inspect(&file.path).await.unwrap(), SchemaState::Current);
    assert_eq!(file.others(), Vec::<String>::new());
    execute(
        &file.path,
        "INSERT INTO _sqlx_migrations SELECT 77, 'later', installed_on, 1, x'77', 0 FROM _sqlx_migrations WHERE version = 1; \
         PRAGMA user_version = 77",
    )
    .await;
    let found = SchemaState::Newer { found: 77, needed: 7 };
    assert_eq!(inspect(&file.path).await.unwrap(), found);
    assert_eq!(
        SqliteStore::open(&file.path).await.unwrap_err().code(),
        "registry_newer"
    );
    let status = status(&file.path).await.unwrap();
    assert_eq!(status.found, Some(77));
    assert!(!status.current);
    // Without the mark, the recorded migrations say the same.
    execute(&file.path, "PRAGMA application_id = 0").await;
    assert_eq!(inspect(&file.path).await.unwrap(), found);
}

#[tokio::test]
async fn recorded_migrations_that_are_not_ours_or_not_finished() {
    for (statement, words) in [
        (
            "UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 3",
            "its migration 3 is not",
        ),
        (
            "UPDATE _sqlx_migrations SET success = 0 WHERE version = 2",
            "its migration 2 was begun",
        ),
    ] {
        let file = File::new();
        create(&file.path).await.unwrap();
        execute(&file.path, &format!("{statement}; PRAGMA application_id = 0")).await;
        let error = inspect(&file.path).await.unwrap_err();
        assert_eq!(error.code(), "damaged");
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[tokio::test]
async fn a_writer_that_died_in_its_transaction_is_undone() {
    let file = File::original(&row(1, "", "")).await;
    let whole = file.bytes();
    let mut writer = crate::support::connect(&file.path).await;
    use sqlx::Executor;
    writer
        .execute("PRAGMA cache_size = 1; BEGIN IMMEDIATE; UPDATE models SET metadata = hex(zeroblob(100000))")
        .await
        .unwrap();
    // The copies are what a killed writer leaves.
    let dead = File::new();
    std::fs::copy(&file.path, &dead.path).unwrap();
    std::fs::copy(
        file.path.with_file_name("models.db-journal"),
        dead.path.with_file_name("models.db-journal"),
    )
    .unwrap();
    assert_ne!(dead.bytes(), whole);
    assert_eq!(inspect(&dead.path).await.unwrap(), SchemaState::Original);
    assert_eq!(dead.bytes(), whole);
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_create_the_same_registry() {
    let file = File::new();
    let tasks: Vec<_> = (0..10)
        .map(|_| {
            let path = file.path.clone();
            tokio::spawn(async move { SqliteStore::open_or_create(&path).await.map(drop) })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(inspect(&file.path).await.unwrap(), SchemaState::Current);
}

#[tokio::test]
async fn looking_at_a_registry_that_is_open_takes_no_lock_from_it() {
    let file = File::new();
    let store = SqliteStore::open_or_create(&file.path).await.unwrap();
    for _ in 0..3 {
        assert_eq!(inspect(&file.path).await.unwrap(), SchemaState::Current);
    }
    assert!(store.doctor().await.unwrap().is_healthy());
}
