//! Tables that somebody changed beneath a registry: what is missing is named, with what to do, and nothing is written
//! to the rest.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use registry_core::{Category, Error};
use registry_tests::faults::{in_time, promote, register, rich};
use registry_tests::{PostgresRegistry, dump};
use sqlx::Executor;

/// It says what is missing and where to look, and the registry is a database: nobody is told to keep a file.
fn assert_names(error: &Error, missing: &str) {
    assert_eq!((error.code(), error.category()), ("damaged", Category::Failure));
    let (sentence, hint) = (error.to_string(), error.hint());
    assert!(sentence.contains(missing), "{sentence}");
    assert!(
        hint.contains("`registry-cli doctor`") && hint.contains("backup"),
        "{hint}"
    );
    assert!(!hint.contains("file"), "{hint}");
}

/// Reads and writes end in the error while the column or the table is away, and go on when it is back; on connections
/// that know the statements already, and on new ones.
async fn missing_meanwhile(away: &'static str, back: &'static str, missing: &str) {
    let registry = PostgresRegistry::new().await;
    let known = registry.open().await;
    let model = register(&known, rich("gpt", "1.0.0")).await.unwrap();
    let before = dump(&known).await.unwrap();
    let mut others = registry.connect().await;
    others.execute(away).await.unwrap();
    for store in [known.clone(), registry.open().await] {
        assert_names(&in_time(dump(&store)).await.unwrap_err(), missing);
        let written = in_time(register(&store, rich("gpt", "2.0.0"))).await;
        assert_names(&written.unwrap_err(), missing);
        let promoted = in_time(promote(&store, model.id)).await;
        assert_names(&promoted.unwrap_err(), missing);
    }
    others.execute(back).await.unwrap();
    assert_eq!(
        in_time(dump(&known)).await.unwrap(),
        before,
        "something was written"
    );
    register(&known, rich("gpt", "2.0.0")).await.unwrap();
}

#[tokio::test]
async fn a_missing_column_is_named() {
    missing_meanwhile(
        "ALTER TABLE models RENAME COLUMN config_hash TO hash_of_config",
        "ALTER TABLE models RENAME COLUMN hash_of_config TO config_hash",
        "config_hash",
    )
    .await;
}

#[tokio::test]
async fn a_missing_table_is_named() {
    missing_meanwhile(
        "ALTER TABLE models RENAME TO models_of_old",
        "ALTER TABLE models_of_old RENAME TO models",
        "\"models\"",
    )
    .await;
}
