//! The statements of a family of searches: their plans, whatever the statistics say, and that every way to a page finds
//! the same page.

mod family;
mod plans;
mod ways;

use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};
use tempfile::TempDir;

use crate::SqliteStore;

/// A registry of so many models, nearly all alike.
async fn registry_of(models: u32) -> (TempDir, SqliteStore) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry.db");
    let store = SqliteStore::open_or_create(&path).await.unwrap();
    let data = include_str!("../../tests/skewed.sql").replace("3000", &models.to_string());
    let data = format!("PRAGMA synchronous = OFF; BEGIN; {data}; COMMIT;");
    execute(&store, data).await;
    (folder, store)
}

async fn execute(store: &SqliteStore, statements: String) {
    let options = crate::connect::options(store.location().as_ref());
    let mut connection = options.connect().await.unwrap();
    connection.execute(AssertSqlSafe(statements)).await.unwrap();
    connection.close().await.unwrap();
}
