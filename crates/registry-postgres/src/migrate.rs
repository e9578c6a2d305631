//! Making a registry, and bringing one to the latest schema.
//!
//! Everything happens in one transaction under a lock: any number of programs may migrate at the same moment, one does
//! it, and interrupted at any moment the database is as it was or upgraded.

mod report;
pub(crate) mod schema;

pub use report::{MigrationReport, MigrationState, MigrationStatus};

use registry_core::Result;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use crate::inspect::{self, SchemaState};
use crate::options::ConnectOptions;
use crate::{connect, error, transaction};

/// Brings the registry to the latest schema; makes one where there is none, its schema included. The database must
/// exist.
///
/// # Errors
/// [`NotARegistry`](registry_core::Error::NotARegistry), [`RegistryNewer`](registry_core::Error::RegistryNewer), [`Damaged`](registry_core::Error::Damaged),
/// [`ReadOnly`](registry_core::Error::ReadOnly), [`AccessDenied`](registry_core::Error::AccessDenied), [`Unreachable`](registry_core::Error::Unreachable). On every
/// error the database is as it was.
pub async fn migrate(options: &ConnectOptions) -> Result<MigrationReport> {
    run(options, false).await
}

/// Does the same, and undoes it.
///
/// # Errors
/// As [`migrate`].
pub async fn rehearse(options: &ConnectOptions) -> Result<MigrationReport> {
    run(options, true).await
}

/// Which migrations the registry has. Never changes the database.
///
/// # Errors
/// [`NotARegistry`](registry_core::Error::NotARegistry), [`Damaged`](registry_core::Error::Damaged), or a failure to connect.
pub async fn status(options: &ConnectOptions) -> Result<MigrationStatus> {
    let location = options.location();
    let mut connection = connect::single(options).await?;
    let looked = connect::answered(options, inspect::state(&mut connection, &location)).await;
    connect::close(connection).await;
    let (state, applied) = looked?;
    Ok(MigrationStatus::new(location, state, &applied))
}

async fn run(options: &ConnectOptions, rehearsal: bool) -> Result<MigrationReport> {
    let mut connection = connect::single(options).await?;
    let report = upgrade(&mut connection, options, rehearsal).await;
    connect::close(connection).await;
    report
}

async fn upgrade(
    connection: &mut PgConnection,
    options: &ConnectOptions,
    rehearsal: bool,
) -> Result<MigrationReport> {
    let location = options.location();
    let failed = |error| error::meaning(&location, "migrate the registry", error);
    let (found, _) = inspect::state(connection, &location).await?;
    if matches!(found, SchemaState::Current | SchemaState::Newer { .. }) {
        // Nothing to do, also for those who may only read.
        found.require_current(&location)?;
        return Ok(MigrationReport::new(location, found, rehearsal));
    }
    // What a transaction has looked at before it waits for others, it may not look at again.
    connect::renew(connection, options).await.map_err(failed)?;
    let mut tx = connection.begin().await.map_err(failed)?;
    sqlx::query_file!("queries/locks/migration.sql", options.schema())
        .execute(&mut *tx)
        .await
        .map_err(failed)?;
    // Another program may have been faster. Only a look at the tables has the server see a schema that is new as well.
    let (state, _) = inspect::state(&mut tx, &location).await?;
    let report = MigrationReport::new(location.clone(), state, rehearsal);
    match state {
        SchemaState::Current => {}
        SchemaState::Newer { .. } => state.require_current(&location)?,
        SchemaState::Missing | SchemaState::Outdated { .. } => {
            if let Some(schema) = options.schema() {
                // Checked to be a plain name when the options were read; a name takes no parameter.
                let create = format!("CREATE SCHEMA IF NOT EXISTS {schema}");
                tx.execute(AssertSqlSafe(create)).await.map_err(failed)?;
            }
            schema::apply_pending(&mut tx, &location).await?;
        }
    }
    let mut done = if rehearsal {
        tx.rollback().await
    } else {
        tx.commit().await
    };
    // Behind a pooler that was a part of a transaction.
    if done.is_ok() && !rehearsal && connection.is_in_transaction() {
        done = transaction::commit(connection).await;
    }
    match done {
        Ok(()) => Ok(report),
        Err(error) if rehearsal => Err(failed(error)),
        Err(error) => Err(error::of_commit(&location, error)),
    }
}
