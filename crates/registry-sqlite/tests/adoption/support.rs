//! Files as the original makes them, and what the tests ask of them afterwards.

use std::path::{Path, PathBuf};

use registry_core::{Actor, Event, HistoryQuery, Limit, Model, ModelId, RegistryStore, Timestamp};
use registry_sqlite::SqliteStore;
use registry_sqlite::migrate::{MigrateOptions, MigrationReport, migrate};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, SqliteConnection};
use tempfile::TempDir;

/// The original's schema.
pub(crate) const SCHEMA: &str = include_str!("../../../../migrations/sqlite/0001_original.sql");

/// The moment of every upgrade in these tests.
pub(crate) const NOW: &str = "2026-01-31T12:00:00Z";

pub(crate) fn now() -> Timestamp {
    NOW.parse().unwrap()
}

/// A file in a folder of its own.
pub(crate) struct File {
    pub path: PathBuf,
    pub folder: TempDir,
}

impl File {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            path: folder.path().join("models.db"),
            folder,
        }
    }

    /// A file of the original with these statements executed in it.
    pub(crate) async fn original(statements: &str) -> Self {
        let file = Self::new();
        execute(&file.path, SCHEMA).await;
        execute(&file.path, statements).await;
        file
    }

    pub(crate) async fn migrate(&self) -> MigrationReport {
        migrate(&self.path, &options()).await.unwrap()
    }

    pub(crate) async fn store(&self) -> SqliteStore {
        SqliteStore::open(&self.path).await.unwrap()
    }

    pub(crate) async fn model(&self, id: i64) -> Model {
        model(&self.store().await, id).await.unwrap()
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        std::fs::read(&self.path).unwrap()
    }

    /// The names of the files beside it, without its own.
    pub(crate) fn others(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.filter(|name| name != "models.db").collect();
        names.sort();
        names
    }
}

pub(crate) fn options() -> MigrateOptions<'static> {
    MigrateOptions::new(Actor::parse("operator").unwrap(), now())
}

pub(crate) async fn connect(path: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .foreign_keys(false);
    options.connect().await.unwrap()
}

pub(crate) async fn execute(path: &Path, statements: &str) {
    let mut connection = connect(path).await;
    connection
        .execute(AssertSqlSafe(statements.to_owned()))
        .await
        .unwrap();
    connection.close().await.unwrap();
}

pub(crate) async fn model(store: &SqliteStore, id: i64) -> Option<Model> {
    let id = ModelId::try_from(id).unwrap();
    store.get_many(&[id]).await.unwrap().pop().unwrap()
}

pub(crate) async fn history(store: &SqliteStore) -> Vec<Event> {
    let query = HistoryQuery {
        limit: Limit::Unlimited,
        ..HistoryQuery::default()
    };
    let mut events = store.history(&query).await.unwrap().items;
    events.reverse();
    events
}

/// A row of `models` with one column set to an SQL expression and everything else valid.
pub(crate) fn row(id: i64, column: &str, expression: &str) -> String {
    let mut values: Vec<(&str, String)> = vec![
        ("model_id", id.to_string()),
        ("name", "'gpt'".into()),
        ("version", format!("'{id}.0.0'")),
        ("checkpoint_path", "'runs/gpt.pt'".into()),
        ("task_type", "'lm'".into()),
        ("config_hash", "'abc'".into()),
        ("created_at", format!("'2025-01-01 00:00:{id:02}'")),
        ("metrics", "'{\n  \"val_loss\": 0.5\n}'".into()),
        ("export_formats", "'[]'".into()),
        ("metadata", "'{}'".into()),
        ("status", "'active'".into()),
    ];
    values.retain(|(name, _)| *name != column);
    if !column.is_empty() {
        values.push((column, expression.into()));
    }
    let names: Vec<&str> = values.iter().map(|(name, _)| *name).collect();
    let values: Vec<&str> = values.iter().map(|(_, value)| value.as_str()).collect();
    format!(
        "INSERT INTO models ({}) VALUES ({});",
        names.join(", "),
        values.join(", ")
    )
}
