//! The statements of a family of searches: their plans, whatever the statistics say, and that every way to a page finds
//! the same page. And the plans of the statements in files.

mod family;
mod files;
mod plans;
mod ways;

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Executor, Row};

use crate::{ConnectOptions, PostgresStore};

/// A registry of its own, in a schema of the server of the run.
pub(crate) async fn registry() -> PostgresStore {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let schema = format!("search_{}_{count}", std::process::id());
    let server = throwaway_postgres::shared().unwrap_or_else(|error| panic!("{error}"));
    let options = ConnectOptions::parse(&server)
        .unwrap()
        .in_schema(&schema)
        .unwrap();
    PostgresStore::open_or_create(&options).await.unwrap()
}

/// A registry of so many models, nearly all alike.
async fn registry_of(models: u32) -> PostgresStore {
    let store = registry().await;
    let data = include_str!("../../tests/skewed.sql").replace("3000", &models.to_string());
    store.pool().execute(AssertSqlSafe(data)).await.unwrap();
    store
}

/// Has the server look at what the tables hold.
async fn analyze(store: &PostgresStore) {
    let tables = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()";
    for row in store.pool().fetch_all(tables).await.unwrap() {
        let analyze = format!("ANALYZE {}", row.get::<String, _>(0));
        store.pool().execute(AssertSqlSafe(analyze)).await.unwrap();
    }
}

/// Drops its schema, which on a server of the user's own would stay.
pub(crate) async fn remove(store: PostgresStore) {
    let drop = "DO $$ BEGIN EXECUTE format('DROP SCHEMA %I CASCADE', current_schema()); END $$";
    store.pool().execute(drop).await.unwrap();
    store.close().await;
}
