//! The schema's versions, and how a database is brought to the latest inside a transaction that the caller holds.

use registry_core::{Error, Result};
use sqlx::PgConnection;
use sqlx::migrate::{Migrate, MigrateError, Migration, Migrator};

use crate::error;

static MIGRATOR: Migrator = sqlx::migrate!();

/// Where applied migrations are recorded: not where sqlx puts them for any program that shares the schema.
pub(crate) const TABLE: &str = "registry_migrations";

/// The tables of a registry.
const TABLES: &[&str] = &[
    "events",
    "idempotency_keys",
    "model_exports",
    "model_formats",
    "model_metadata",
    "model_metrics",
    "model_names",
    "model_tags",
    "models",
    "settings",
    "webhook_attempts",
    "webhook_deliveries",
    "webhook_state",
    "webhooks",
];

/// Every table by which a registry, or something that stands in its way, is known.
pub(crate) fn tables() -> Vec<String> {
    let all = TABLES.iter().chain([&TABLE]);
    all.map(ToString::to_string).collect()
}

/// Every migration, in order.
pub(crate) fn migrations() -> impl Iterator<Item = &'static Migration> {
    MIGRATOR.iter()
}

/// The version that this program works with.
pub(crate) fn latest() -> i64 {
    migrations().map(|migration| migration.version).max().unwrap_or(0)
}

/// Applies what is not recorded as applied.
pub(super) async fn apply_pending(connection: &mut PgConnection, location: &str) -> Result<()> {
    let applied = async {
        connection.ensure_migrations_table(TABLE).await?;
        let applied = connection.list_applied_migrations(TABLE).await?;
        for migration in migrations() {
            if applied.iter().all(|row| row.version != migration.version) {
                connection.apply(TABLE, migration).await?;
            }
        }
        Ok(())
    };
    applied.await.map_err(|error| failed(location, error))
}

pub(crate) fn failed(location: &str, error: MigrateError) -> Error {
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
