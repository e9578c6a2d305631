//! A verified copy of the registry while others write.

use std::path::{Path, PathBuf};

use registry_core::{Error, Result};
use serde::Serialize;
use sqlx::{ConnectOptions, Connection};

use crate::migrate::copy::{Writers, copy};
use crate::{SqliteStore, connect, error};

/// A backup that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BackupReport {
    /// The new file.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// How many models it holds.
    pub models: u64,
    /// How many events.
    pub events: u64,
}

impl SqliteStore {
    /// Copies the registry, as it is at one moment, to the new file `to`. Others may read and write meanwhile.
    ///
    /// The file appears under its name when it is complete, checked (structure and references) and on the disk.
    ///
    /// # Errors
    /// [`FileExists`](Error::FileExists) when there is something at `to`, [`StorageFull`](Error::StorageFull),
    /// [`ReadOnly`](Error::ReadOnly), [`Damaged`](Error::Damaged), or a failure to read or write.
    pub async fn backup(&self, to: &Path) -> Result<BackupReport> {
        copy(Path::new(self.location()), to, Writers::Possible).await?;
        let location = to.display().to_string();
        let failed = |error| error::meaning(&location, "read the backup", error);
        let options = connect::options(to).immutable(true).read_only(true);
        let mut connection = options.connect().await.map_err(failed)?;
        let counts = sqlx::query_file!("queries/copy/count_rows.sql")
            .fetch_one(&mut connection)
            .await;
        connection.close().await.map_err(failed)?;
        let counts = counts.map_err(failed)?;
        let file = std::fs::metadata(to).map_err(|source| Error::File {
            action: format!("read `{location}`"),
            source,
        })?;
        Ok(BackupReport {
            path: to.to_owned(),
            bytes: file.len(),
            models: u64::try_from(counts.models).unwrap_or_default(),
            events: u64::try_from(counts.events).unwrap_or_default(),
        })
    }
}
