//! The upgrade of one file, in one transaction.

use std::path::{Path, PathBuf};
use std::time::Duration;

use registry_core::{Error, Result, Timestamp};
use sqlx::{ConnectOptions, Connection, Executor, SqliteConnection};

use super::copy::{Writers, copy, integrity};
use super::references::broken_reference;
use super::report::MigrationReport;
use super::{MigrateOptions, describe, fill, room, schema, switch_to_wal};
use crate::adopt::{self, Adoption};
use crate::inspect::{SchemaState, beside, damaged, state_by_tables};
use crate::{connect, error};

/// How long readers may delay the change of the journal mode after an upgrade. The first write tries again.
const WAL_PATIENCE: Duration = Duration::from_millis(500);

/// Upgrades the file. `backup` says whether it is worth one; a copy made for a rehearsal is not.
pub(super) async fn upgrade(
    path: &Path,
    options: &MigrateOptions<'_>,
    backup: bool,
) -> Result<MigrationReport> {
    let location = path.display().to_string();
    let failed = |error| error::meaning(&location, "upgrade the registry", error);
    let settings = connect::options(path)
        .foreign_keys(false)
        .busy_timeout(options.busy_timeout)
        // Renamed tables take nothing with them that refers to them by name: views and tables of users' own.
        .pragma("legacy_alter_table", "ON");
    let mut connection = settings.connect().await.map_err(failed)?;
    let mut made = None;
    let upgraded = in_transaction(&mut connection, path, options, backup, &mut made).await;
    if upgraded.is_ok() {
        // The upgrade stands, whatever comes of this.
        let _ = switch_to_wal(&mut connection, WAL_PATIENCE).await;
    }
    let closed = connection.close().await;
    if upgraded.is_err()
        && let Some(backup) = made
    {
        // The file is as it was and needs no second copy.
        let _ = std::fs::remove_file(backup);
    }
    closed.map_err(failed)?;
    upgraded
}

async fn in_transaction(
    connection: &mut SqliteConnection,
    path: &Path,
    options: &MigrateOptions<'_>,
    backup: bool,
    made: &mut Option<PathBuf>,
) -> Result<MigrationReport> {
    let location = path.display().to_string();
    let failed = |error| error::meaning(&location, "upgrade the registry", error);
    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
    // Another process may have been faster.
    let state = state_by_tables(path, &mut tx).await?;
    let mut report = MigrationReport::new(
        location.clone(),
        &describe(state),
        version_of(state),
        options.dry_run,
    );
    if state == SchemaState::Current {
        tx.rollback().await.map_err(failed)?;
        return Ok(report);
    }
    if let Some(problem) = integrity(&mut tx).await.map_err(failed)? {
        return Err(damaged(path, problem));
    }
    if backup {
        // Nobody else can write now, so the backup is what is upgraded.
        *made = Some(back_up(path, options).await?);
        report.backup.clone_from(made);
    }
    if state == SchemaState::Original {
        (report.set_aside, report.left_alone) = room::make_room(&mut tx).await.map_err(failed)?;
        schema::record_original(&mut tx, &location).await?;
    }
    schema::apply_pending(&mut tx, &location).await?;
    if matches!(state, SchemaState::Original | SchemaState::Unadopted) {
        let adopted = take_over(&mut tx, options).await.map_err(failed)?;
        (report.models, report.tags) = (adopted.models, adopted.tags);
        (report.exports, report.events) = (adopted.exports, adopted.events);
        report.mendings = adopted.mendings;
    } else if let SchemaState::Outdated { found, .. } = state
        && found < fill::METADATA_LEAVES
    {
        report.models = fill::metadata_leaves(&mut tx, options.progress)
            .await
            .map_err(failed)?;
    }
    schema::finish(&mut tx).await.map_err(failed)?;
    if let Some(problem) = broken_reference(&mut tx).await.map_err(failed)? {
        return Err(damaged(path, problem));
    }
    tx.commit().await.map_err(failed)?;
    report.changed = true;
    Ok(report)
}

async fn take_over(
    connection: &mut SqliteConnection,
    options: &MigrateOptions<'_>,
) -> sqlx::Result<adopt::Adopted> {
    for statement in [
        "CREATE INDEX original_model_tags_by_model ON original_model_tags (model_id)",
        "CREATE INDEX original_model_exports_by_model ON original_model_exports (model_id)",
    ] {
        connection.execute(statement).await?;
    }
    let adoption = Adoption {
        actor: &options.actor,
        at: options.at,
        progress: options.progress,
    };
    adopt::adopt(connection, &adoption).await
}

async fn back_up(path: &Path, options: &MigrateOptions<'_>) -> Result<PathBuf> {
    if let Some(to) = &options.backup_to {
        copy(path, to, Writers::Excluded).await?;
        return Ok(to.clone());
    }
    let name = format!(".backup-{}", compact(options.at));
    let mut number = 1;
    loop {
        let to = match number {
            1 => beside(path, &name),
            number => beside(path, &format!("{name}-{number}")),
        };
        match copy(path, &to, Writers::Excluded).await {
            Ok(()) => return Ok(to),
            Err(Error::FileExists { .. }) => number += 1,
            Err(error) => return Err(error),
        }
    }
}

/// A time as part of a file's name: `20260131T120000Z`.
fn compact(at: Timestamp) -> String {
    let text = at.to_string();
    let seconds = text.split('.').next().unwrap_or(&text);
    format!("{}Z", seconds.replace(['-', ':'], ""))
}

fn version_of(state: SchemaState) -> Option<i64> {
    match state {
        SchemaState::Outdated { found, .. } | SchemaState::Newer { found, .. } => Some(found),
        SchemaState::Current | SchemaState::Unadopted => Some(schema::latest()),
        SchemaState::Missing | SchemaState::Empty | SchemaState::Original => None,
    }
}
