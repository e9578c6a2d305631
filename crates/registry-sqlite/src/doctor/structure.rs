//! The file itself: its pages, references, schema and settings.

use std::path::Path;

use registry_core::doctor::{DoctorReport, OTHER_MEANS};
use registry_core::{RegistryStore, Result};
use sqlx::{Executor, Row};

use super::RESTORE;
use crate::SqliteStore;
use crate::inspect::{SchemaState, state_by_tables};

pub(super) async fn examine(store: &SqliteStore, report: &mut DoctorReport) -> Result<()> {
    let failed = || store.failed("examine the registry");
    let mut connection = store.reader().await?;
    let integrity = connection
        .fetch_all("PRAGMA integrity_check")
        .await
        .map_err(failed())?;
    for row in integrity {
        let finding: String = row.try_get(0).map_err(failed())?;
        if finding != "ok" {
            report.problem("integrity", "the file", finding, RESTORE);
        }
    }
    let broken = connection
        .fetch_all("PRAGMA foreign_key_check")
        .await
        .map_err(failed())?;
    for row in broken {
        let table: String = row.try_get(0).map_err(failed())?;
        let number: Option<i64> = row.try_get(1).map_err(failed())?;
        let parent: String = row.try_get(2).map_err(failed())?;
        let subject = number.map_or_else(
            || format!("a row of {table}"),
            |number| format!("{table} {number}"),
        );
        let message = format!("it refers to a row of `{parent}` that does not exist");
        report.problem("reference", subject, message, OTHER_MEANS);
    }
    match state_by_tables(Path::new(store.location()), &mut connection).await {
        Ok(SchemaState::Current) => {}
        Ok(_) => report.problem(
            "schema",
            "the schema",
            "the recorded migrations are not those of this program",
            RESTORE,
        ),
        Err(error) => report.problem("schema", "the schema", error.to_string(), RESTORE),
    }
    let mode = connection
        .fetch_one("PRAGMA journal_mode")
        .await
        .map_err(failed())?;
    let mode: String = mode.try_get(0).map_err(failed())?;
    if mode != "wal" {
        report.notice(
            "journal_mode",
            "the file",
            format!("its journal mode is `{mode}`, so readers wait for writers"),
            "the next write changes it to write-ahead logging",
        );
    }
    drop(connection);
    if let Err(error) = store.settings().await {
        report.problem(
            "stored_value",
            "the settings",
            error.to_string(),
            "set it again with `registry-cli settings set`",
        );
    }
    Ok(())
}
