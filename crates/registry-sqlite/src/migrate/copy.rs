//! A verified copy of a registry: whole or not there at all.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use registry_core::{Error, Result};
use sqlx::{ConnectOptions, Connection, Executor, Row, SqliteConnection};

use super::references::broken_reference;
use super::schema;
use crate::inspect::{beside, connect_to_read, damaged, pragma};
use crate::{connect, error};

/// Whether others may write to the registry while it is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Writers {
    /// The caller holds the lock: the copy must have as many rows as the registry.
    Excluded,
    /// They may: the copy is the registry at one moment.
    Possible,
}

/// Copies the registry `from`, as it is at one moment, to the new file `to`. Others may write meanwhile.
///
/// The copy appears under its name only when it is complete, verified and on the disk. Where it may hold columns that
/// break their declarations (files of the original), only the structure is verified.
pub(crate) async fn copy(from: &Path, to: &Path, writers: Writers) -> Result<()> {
    let partial = Partial::beside(to)?;
    guard(partial.path(), from)?;
    let location = from.display().to_string();
    let failed = |error| error::meaning(&location, "read the registry for a copy", error);
    let mut connection = connect_to_read(from).await.map_err(failed)?;
    let copied = vacuum_into(&mut connection, partial.path()).await;
    let rows = row_counts(&mut connection).await;
    connection.close().await.map_err(failed)?;
    copied.map_err(
        |error| match error::meaning(&location, "copy the registry", error) {
            // What grows is the copy.
            Error::StorageFull { .. } => Error::StorageFull {
                location: to.display().to_string(),
            },
            other => other,
        },
    )?;
    let copied_rows = verify(partial.path()).await?;
    if writers == Writers::Excluded && rows.map_err(failed)? != copied_rows {
        return Err(damaged(
            partial.path(),
            "the copy has not as many rows as the registry",
        ));
    }
    partial.publish(to)
}

/// Lets only those read the copy who may read the registry.
#[cfg(unix)]
fn guard(copy: &Path, from: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(from).map(|file| file.permissions().mode() & 0o777 | 0o600);
    mode.and_then(|mode| fs::set_permissions(copy, fs::Permissions::from_mode(mode)))
        .map_err(|source| failure("write", copy, source))
}

/// Lets those read the copy whom the system lets.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "as on other systems")]
fn guard(_: &Path, _: &Path) -> Result<()> {
    Ok(())
}

async fn vacuum_into(connection: &mut SqliteConnection, to: &Path) -> sqlx::Result<()> {
    let Some(to) = std::path::absolute(to)
        .ok()
        .and_then(|to| to.into_os_string().into_string().ok())
    else {
        return Err(sqlx::Error::Configuration(
            "the path of the copy is not UTF-8".into(),
        ));
    };
    let statement = format!("VACUUM INTO '{}'", to.replace('\'', "''"));
    connection.execute(sqlx::AssertSqlSafe(statement)).await?;
    Ok(())
}

/// Checks the copy and says how many rows its tables have.
async fn verify(copy: &Path) -> Result<Vec<(String, i64)>> {
    let location = copy.display().to_string();
    let failed = |error| error::meaning(&location, "verify the copy", error);
    let options = connect::options(copy).immutable(true).read_only(true);
    let mut connection = options.connect().await.map_err(failed)?;
    let problem = problem(&mut connection).await;
    let rows = row_counts(&mut connection).await;
    connection.close().await.map_err(failed)?;
    match problem.map_err(failed)? {
        Some(problem) => Err(damaged(copy, problem)),
        None => rows.map_err(failed),
    }
}

/// The first thing wrong with a file; references count only in a registry of ours, the original never kept them.
async fn problem(connection: &mut SqliteConnection) -> sqlx::Result<Option<String>> {
    if let Some(problem) = integrity(connection).await? {
        return Ok(Some(problem));
    }
    if pragma(connection, "PRAGMA application_id").await? == i64::from(schema::APPLICATION_ID) {
        return broken_reference(connection).await;
    }
    Ok(None)
}

async fn row_counts(connection: &mut SqliteConnection) -> sqlx::Result<Vec<(String, i64)>> {
    let objects = sqlx::query_file!("queries/inspect/objects.sql")
        .fetch_all(&mut *connection)
        .await?;
    let mut counts = Vec::new();
    for table in objects.into_iter().filter(|object| object.kind == "table") {
        let count = format!("SELECT COUNT(*) FROM \"{}\"", table.name.replace('"', "\"\""));
        let row = connection.fetch_one(sqlx::AssertSqlSafe(count)).await?;
        counts.push((table.name, row.try_get(0)?));
    }
    Ok(counts)
}

/// The first thing that SQLite finds wrong with the structure of a file. Values that don't fit their columns are no
/// damage: the original let them in.
pub(crate) async fn integrity(connection: &mut SqliteConnection) -> sqlx::Result<Option<String>> {
    for row in connection.fetch_all("PRAGMA integrity_check").await? {
        let finding: String = row.try_get(0)?;
        if finding != "ok" && !finding.contains(" value in ") {
            return Ok(Some(finding));
        }
    }
    Ok(None)
}

/// Keeps the names of one process apart.
static COUNT: AtomicU64 = AtomicU64::new(0);

/// A file in the making; gone when it is dropped before it got its name.
pub(crate) struct Partial(PathBuf);

impl Partial {
    /// Makes an empty file beside the one that it is to become, which must not exist.
    pub(crate) fn beside(to: &Path) -> Result<Self> {
        if fs::symlink_metadata(to).is_ok() {
            return Err(exists(to));
        }
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = beside(to, &format!(".partial-{}-{number}", std::process::id()));
        let made = OpenOptions::new().write(true).create_new(true).open(&path);
        match made {
            Ok(_) => Ok(Self(path)),
            // Who asked for it knows only the name that it is to have.
            Err(source) => Err(failure("create", to, source)),
        }
    }

    /// A name in the system's folder for temporary files, free for somebody to make a file of it.
    pub(crate) fn in_temporary_folder() -> Self {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("registry-rehearsal-{}-{number}.db", std::process::id());
        Self(std::env::temp_dir().join(name))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    fn publish(self, to: &Path) -> Result<()> {
        let synced = File::open(&self.0).and_then(|file| file.sync_all());
        synced.map_err(|source| failure("write", &self.0, source))?;
        // A link, unlike a rename, never replaces what somebody made meanwhile.
        match fs::hard_link(&self.0, to) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(exists(to)),
            // Some file systems have no links.
            Err(_) if fs::symlink_metadata(to).is_err() => {
                fs::rename(&self.0, to).map_err(|source| failure("write", to, source))?;
            }
            Err(source) => return Err(failure("write", to, source)),
        }
        if let Some(folder) = to.parent() {
            let folder = if folder.as_os_str().is_empty() {
                Path::new(".")
            } else {
                folder
            };
            // A folder can't be synced everywhere; the copy itself is.
            let _ = File::open(folder).and_then(|folder| folder.sync_all());
        }
        Ok(())
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        for suffix in ["", "-journal", "-wal", "-shm"] {
            // What isn't there need not go.
            let _ = fs::remove_file(beside(&self.0, suffix));
        }
    }
}

fn exists(path: &Path) -> Error {
    Error::FileExists {
        path: path.display().to_string(),
    }
}

/// A failure of the file system, by what it means.
pub(super) fn failure(action: &str, path: &Path, source: io::Error) -> Error {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    match source.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Error::ReadOnly {
            location: folder.display().to_string(),
        },
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Error::StorageFull {
            location: path.display().to_string(),
        },
        _ => Error::File {
            action: format!("{action} `{}`", path.display()),
            source,
        },
    }
}
