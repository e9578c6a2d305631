//! Every statement searches: no plan reads a whole table, neither in a small registry nor when statistics tempt the
//! planner. The folder is read when the test runs, so that a new file can't be forgotten. (Statements made at run time:
//! `src/search/tests/plans.rs`.)

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

use registry_sqlite::SqliteStore;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, Row, SqliteConnection};

/// What may be read from end to end: lists that the statement itself made, and tables of a few rows by their nature.
const SCANNED: &[&str] = &[
    "above",
    "format",
    "hook",
    "leaf",
    "line",
    "metric",
    "member",
    "oldest",
    "page",
    "json_each",
    "settings",
    "sqlite_sequence",
    "CONSTANT ROW",
    "8-ROW",
    "(subquery",
];

/// What SQLite is ready to read from end to end and does not: children of the rows that an `INSERT ... SELECT` adds, in
/// case a foreign key is broken before the statement ends. No event names one that comes after it.
const NOT_RUN: &[(&str, &str)] = &[
    ("apply_all.sql", "SCAN events"),
    ("apply_all.sql", "SCAN model_tags USING INDEX model_tags_by_tag"),
];

fn statements() -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("queries");
    let files = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut statements: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .map(|path| (path.clone(), std::fs::read_to_string(path).unwrap()))
        .collect();
    statements.sort();
    statements
}

async fn plan(connection: &mut SqliteConnection, statement: &str) -> Vec<String> {
    let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
    let steps = connection.fetch_all(explain).await.unwrap();
    steps.iter().map(|step| step.get("detail")).collect()
}

async fn no_statement_scans(connection: &mut SqliteConnection) {
    let statements = statements();
    assert!(
        statements.len() > 30,
        "the folder of statements is not the one expected"
    );
    let mut scans = Vec::new();
    for (path, text) in statements {
        // A file may hold several statements.
        let mut steps = Vec::new();
        for statement in text.split(";\n") {
            steps.extend(plan(connection, statement).await);
        }
        for step in steps {
            let known = (path.file_name().unwrap().to_str().unwrap(), step.as_str());
            if NOT_RUN.contains(&known) {
                continue;
            }
            let scanned = step.strip_prefix("SCAN ");
            if scanned.is_some_and(|name| !SCANNED.iter().any(|allowed| name.starts_with(allowed))) {
                scans.push(format!("{}: {step}", path.display()));
            }
        }
    }
    assert!(scans.is_empty(), "{}", scans.join("\n"));
}

#[tokio::test]
async fn no_plan_reads_a_whole_table() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry.db");
    SqliteStore::open_or_create(&path).await.unwrap().close().await;
    let mut connection = SqliteConnectOptions::new()
        .filename(&path)
        .connect()
        .await
        .unwrap();
    no_statement_scans(&mut connection).await;
    connection.execute(include_str!("skewed.sql")).await.unwrap();
    no_statement_scans(&mut connection).await;
    connection.execute("ANALYZE").await.unwrap();
    connection.close().await.unwrap();
    // Statistics are read when a connection opens.
    let mut connection = SqliteConnectOptions::new()
        .filename(&path)
        .connect()
        .await
        .unwrap();
    no_statement_scans(&mut connection).await;
    connection.close().await.unwrap();
}
