//! The bare sqlx contestant: one pool, opened as the store opens its own, and statements by hand.

use std::path::Path;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, ConnectOptions, Sqlite, SqlitePool, Transaction};

pub(crate) async fn pool(path: &Path, connections: u32) -> SqlitePool {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .disable_statement_logging();
    SqlitePoolOptions::new()
        .max_connections(connections)
        .test_before_acquire(false)
        .connect_with(options)
        .await
        .unwrap()
}

pub(crate) type Query<'q> = sqlx::query::Query<'q, Sqlite, sqlx::sqlite::SqliteArguments>;

/// A statement that is prepared once and kept.
pub(crate) fn query(text: &'static str) -> Query<'static> {
    sqlx::query(AssertSqlSafe(text))
}

/// The text of a statement for the whole run.
pub(crate) fn kept(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

pub(crate) async fn one<T>(pool: &SqlitePool, query: Query<'_>, read: fn(&SqliteRow) -> T) -> T {
    read(&query.fetch_one(pool).await.unwrap())
}

pub(crate) async fn all<T>(pool: &SqlitePool, query: Query<'_>, read: fn(&SqliteRow) -> T) -> Vec<T> {
    query.fetch_all(pool).await.unwrap().iter().map(read).collect()
}

pub(crate) async fn run(tx: &mut Transaction<'static, Sqlite>, query: Query<'_>) {
    query.execute(&mut **tx).await.unwrap();
}
