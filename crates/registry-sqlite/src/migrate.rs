//! Making a registry, and bringing one to the latest schema.
//!
//! Everything that an upgrade does happens in one transaction: killed at any moment, the file is as it was or upgraded.

pub(crate) mod copy;
mod fill;
pub(crate) mod references;
mod report;
mod room;
pub(crate) mod schema;
mod upgrade;

pub use crate::adopt::Progress;
pub use report::{Mending, MigrationReport, MigrationState, MigrationStatus};

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use registry_core::{Actor, Result, Timestamp};
use sqlx::migrate::Migrate;
use sqlx::{ConnectOptions, Connection, Executor, Row, SqliteConnection};

use crate::inspect::{SchemaState, connect_to_read, inspect, not_a_registry};
use crate::{connect, error};
use copy::{Partial, Writers, copy};

/// Who migrates, when, and how.
#[derive(Clone)]
pub struct MigrateOptions<'a> {
    /// Who does it, as the history will say.
    pub actor: Actor,
    /// When, as the history and the backup's name will say.
    pub at: Timestamp,
    /// Do everything on a copy, report it, and leave the file untouched.
    pub dry_run: bool,
    /// Where the backup goes; `None`: beside the file, as `registry.db.backup-20260131T120000Z`.
    pub backup_to: Option<PathBuf>,
    /// How long to wait for others who write.
    pub busy_timeout: Duration,
    /// Told how many models are taken over, and of how many.
    pub progress: Option<Progress<'a>>,
}

impl MigrateOptions<'_> {
    /// A migration by this actor at this moment, with a backup beside the file.
    pub fn new(actor: Actor, at: Timestamp) -> Self {
        Self {
            actor,
            at,
            dry_run: false,
            backup_to: None,
            busy_timeout: PATIENCE,
            progress: None,
        }
    }
}

/// Brings the registry at `path` to the latest schema: makes one where there is none, adopts a file of the original,
/// upgrades an earlier schema after a backup. One that is up to date is left as it is.
///
/// # Errors
/// [`NotARegistry`], [`RegistryNewer`], [`Damaged`], [`ReadOnly`], [`StorageFull`], [`Busy`], [`FileExists`] for the
/// backup. On every error the file is as it was.
///
/// [`NotARegistry`]: registry_core::Error::NotARegistry
/// [`RegistryNewer`]: registry_core::Error::RegistryNewer
/// [`Damaged`]: registry_core::Error::Damaged
/// [`ReadOnly`]: registry_core::Error::ReadOnly
/// [`StorageFull`]: registry_core::Error::StorageFull
/// [`Busy`]: registry_core::Error::Busy
/// [`FileExists`]: registry_core::Error::FileExists
///
/// ```
/// use registry_core::{Actor, Timestamp};
/// use registry_sqlite::migrate::{MigrateOptions, migrate};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> registry_core::Result<()> {
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("registry.db");
/// let options = MigrateOptions::new(Actor::parse("alice")?, Timestamp::now());
/// let report = migrate(&path, &options).await?;
/// assert!(report.changed);
/// assert!(!migrate(&path, &options).await?.changed);
/// # Ok(())
/// # }
/// ```
pub async fn migrate(path: &Path, options: &MigrateOptions<'_>) -> Result<MigrationReport> {
    let state = inspect(path).await?;
    let location = path.display().to_string();
    let report = || MigrationReport::new(location.clone(), &describe(state), None, options.dry_run);
    match state {
        SchemaState::Newer { .. } => {
            state.require_current(path)?;
            Ok(report())
        }
        SchemaState::Current => Ok(MigrationReport {
            from_version: Some(schema::latest()),
            ..report()
        }),
        SchemaState::Missing | SchemaState::Empty => {
            if options.dry_run {
                creatable(path)?;
            } else {
                create(path).await?;
            }
            Ok(MigrationReport {
                changed: true,
                ..report()
            })
        }
        SchemaState::Original | SchemaState::Unadopted | SchemaState::Outdated { .. } => {
            if options.dry_run {
                rehearse(path, options).await
            } else {
                upgrade::upgrade(path, options, true).await
            }
        }
    }
}

/// Upgrades a copy that is thrown away.
async fn rehearse(path: &Path, options: &MigrateOptions<'_>) -> Result<MigrationReport> {
    let rehearsal = Partial::in_temporary_folder();
    copy(path, rehearsal.path(), Writers::Possible).await?;
    let report = upgrade::upgrade(rehearsal.path(), options, false).await?;
    Ok(MigrationReport {
        location: path.display().to_string(),
        ..report
    })
}

/// Which migrations the file at `path` has. Never changes it.
///
/// # Errors
/// As [`inspect`].
pub async fn status(path: &Path) -> Result<MigrationStatus> {
    let state = inspect(path).await?;
    let applied = match state {
        SchemaState::Missing | SchemaState::Empty | SchemaState::Original => Vec::new(),
        _ => applied(path).await?,
    };
    let mut migrations: Vec<MigrationState> = schema::migrations()
        .map(|migration| MigrationState {
            version: migration.version,
            description: migration.description.to_string(),
            applied: applied.contains(&migration.version),
        })
        .collect();
    let unknown = applied
        .iter()
        .filter(|version| schema::migrations().all(|known| known.version != **version));
    migrations.extend(unknown.map(|&version| MigrationState {
        version,
        description: "of a later release".into(),
        applied: true,
    }));
    Ok(MigrationStatus {
        location: path.display().to_string(),
        state: describe(state),
        current: state == SchemaState::Current,
        found: applied.iter().copied().max(),
        needed: schema::latest(),
        migrations,
    })
}

async fn applied(path: &Path) -> Result<Vec<i64>> {
    let location = path.display().to_string();
    let failed = |error| error::meaning(&location, "read the migrations", error);
    let mut connection = connect_to_read(path).await.map_err(failed)?;
    let applied = connection.list_applied_migrations(schema::TABLE).await;
    connection.close().await.map_err(failed)?;
    match applied {
        Ok(applied) => Ok(applied.iter().map(|migration| migration.version).collect()),
        Err(error) => Err(schema::failed(&location, error)),
    }
}

fn describe(state: SchemaState) -> String {
    match state {
        SchemaState::Missing => "no file".into(),
        SchemaState::Empty => "an empty file".into(),
        SchemaState::Original => "the original Python registry".into(),
        SchemaState::Unadopted => "the original Python registry, with its tables set aside".into(),
        SchemaState::Outdated { found, .. } => format!("schema {found}"),
        SchemaState::Current => format!("schema {}, up to date", schema::latest()),
        SchemaState::Newer { found, .. } => format!("schema {found} of a later release"),
    }
}

/// How long to wait for others before the journal mode is changed; SQLite itself does not wait there.
const PATIENCE: Duration = Duration::from_secs(30);

/// Makes a registry at `path`, where there is no file or an empty one. Any number of processes may do so at the same
/// moment: one makes it, and all return when it is there.
///
/// # Errors
/// As [`creatable`], [`NotARegistry`](registry_core::Error::NotARegistry) when the file has content of others, or a
/// failure to write.
pub async fn create(path: &Path) -> Result<()> {
    let location = path.display().to_string();
    let failed = |error| error::meaning(&location, "create the registry", error);
    let options = connect::options(path).create_if_missing(true).foreign_keys(false);
    let mut connection = match options.connect().await {
        Ok(connection) => connection,
        // SQLite says no more than that it cannot open it; the system says why.
        Err(error) => return Err(creatable(path).err().unwrap_or_else(|| failed(error))),
    };
    let made = make(&mut connection, path).await;
    connection.close().await.map_err(failed)?;
    made
}

/// Whether a registry can be made at `path`, where there is no file or an empty one. Makes none.
///
/// # Errors
/// [`ReadOnly`](registry_core::Error::ReadOnly) with the folder or file that may not be written,
/// [`File`](registry_core::Error::File) when the folder doesn't exist, or what else the system says.
pub fn creatable(path: &Path) -> Result<()> {
    let tried = match std::fs::symlink_metadata(path) {
        Ok(_) => OpenOptions::new().write(true).open(path).map(drop),
        // A file that is gone again is the only way to ask the system.
        Err(_) => return Partial::beside(path).map(drop),
    };
    tried.map_err(|source| copy::failure("create", path, source))
}

async fn make(connection: &mut SqliteConnection, path: &Path) -> Result<()> {
    let location = path.display().to_string();
    let failed = |error| error::meaning(&location, "create the registry", error);
    switch_to_wal(connection, PATIENCE).await.map_err(failed)?;
    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
    let objects = number(&mut tx, "SELECT count(*) FROM sqlite_schema")
        .await
        .map_err(failed)?;
    if objects > 0 {
        // Another process was faster.
        let mark = number(&mut tx, "PRAGMA application_id").await.map_err(failed)?;
        tx.rollback().await.map_err(failed)?;
        return if mark == i64::from(schema::APPLICATION_ID) {
            Ok(())
        } else {
            Err(not_a_registry(path, "an SQLite file of another program"))
        };
    }
    schema::apply_pending(&mut tx, &location).await?;
    schema::finish(&mut tx).await.map_err(failed)?;
    tx.commit().await.map_err(failed)
}

/// Write-ahead logging, for good: the mode is kept in the file.
async fn switch_to_wal(connection: &mut SqliteConnection, patience: Duration) -> sqlx::Result<()> {
    let begun = Instant::now();
    loop {
        match connection.execute("PRAGMA journal_mode = WAL").await {
            Err(error) if begun.elapsed() < patience && error::is_busy(&error) => {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            done => return done.map(drop),
        }
    }
}

async fn number(connection: &mut SqliteConnection, statement: &'static str) -> sqlx::Result<i64> {
    connection.fetch_one(statement).await?.try_get(0)
}
