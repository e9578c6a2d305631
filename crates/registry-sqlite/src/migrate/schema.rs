//! The schema's versions, and how a file is brought to the latest inside a transaction that the caller holds.

use registry_core::{Error, Result};
use sqlx::migrate::{Migrate, MigrateError, Migration, Migrator};
use sqlx::{Executor, SqliteConnection};

use crate::error;

static MIGRATOR: Migrator = sqlx::migrate!();

/// Where applied migrations are recorded.
pub(crate) const TABLE: &str = "_sqlx_migrations";

/// The mark of our files in their header: `MREG`.
pub(crate) const APPLICATION_ID: u32 = 0x4D52_4547;

/// The original's tables and columns, by which its files are known.
pub(crate) const ORIGINAL: [(&str, &[&str]); 3] = [
    (
        "models",
        &[
            "model_id",
            "name",
            "version",
            "checkpoint_path",
            "task_type",
            "config_hash",
            "training_run_id",
            "parent_model_id",
            "created_at",
            "metrics",
            "export_formats",
            "model_size_mb",
            "memory_req_gb",
            "metadata",
            "status",
        ],
    ),
    ("model_tags", &["tag_id", "model_id", "tag_name", "created_at"]),
    (
        "model_exports",
        &[
            "export_id",
            "model_id",
            "export_format",
            "export_path",
            "created_at",
            "metadata",
        ],
    ),
];

/// Every migration, in order.
pub(crate) fn migrations() -> impl Iterator<Item = &'static Migration> {
    MIGRATOR.iter()
}

/// The version that this program works with.
pub(crate) fn latest() -> i64 {
    migrations().map(|migration| migration.version).max().unwrap_or(0)
}

/// Records migration 0001 as applied, for a file whose tables the original made itself.
pub(super) async fn record_original(connection: &mut SqliteConnection, location: &str) -> Result<()> {
    let applied = async {
        connection.ensure_migrations_table(TABLE).await?;
        connection.list_applied_migrations(TABLE).await
    };
    if applied.await.map_err(|error| failed(location, error))?.is_empty() {
        let skipped = MIGRATOR.run_direct(Some(1), connection, true).await;
        skipped.map_err(|error| failed(location, error))?;
    }
    Ok(())
}

/// Applies what is not recorded as applied.
pub(super) async fn apply_pending(connection: &mut SqliteConnection, location: &str) -> Result<()> {
    let applied = MIGRATOR.run_direct(None, connection, false).await;
    applied.map_err(|error| failed(location, error))
}

/// Drops the original's tables, whose rows are taken over or were never there, and marks the file as ours.
pub(super) async fn finish(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    for statement in [
        "DROP TABLE IF EXISTS original_model_exports",
        "DROP TABLE IF EXISTS original_model_tags",
        "DROP TABLE IF EXISTS original_models",
    ] {
        connection.execute(statement).await?;
    }
    // A PRAGMA takes no bound values; both are numbers of our own.
    let marks = format!(
        "PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {}",
        latest()
    );
    connection.execute(sqlx::AssertSqlSafe(marks)).await?;
    Ok(())
}

pub(super) fn failed(location: &str, error: MigrateError) -> Error {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
            error::meaning(location, "migrate the registry", error)
        }
        error => Error::Storage {
            action: "migrate the registry".into(),
            source: error.into(),
        },
    }
}
