//! What is done to a registry that may not be one yet, or no more: migrations, examinations. The reports have one form.

#[cfg(any(feature = "postgres", feature = "http"))]
use registry_core::Error;
use registry_core::Result;
use registry_core::doctor::DoctorReport;
use registry_sqlite::migrate::{self as sqlite, MigrateOptions, MigrationReport, MigrationStatus};
#[cfg(feature = "postgres")]
use {
    registry_postgres::{ConnectOptions, migrate as postgres},
    registry_sqlite::migrate::MigrationState,
};

use crate::location::{Location, Place};

impl Location {
    /// Brings the registry to the latest schema; makes one where there is none; adopts a file of the original.
    ///
    /// # Errors
    /// [`NotARegistry`](registry_core::Error::NotARegistry), [`RegistryNewer`](registry_core::Error::RegistryNewer),
    /// [`Unsupported`](registry_core::Error::Unsupported) for a backup of what isn't a file, or a failure to read or
    /// write. On every error the registry is as it was.
    pub async fn migrate(&self, options: &MigrateOptions<'_>) -> Result<MigrationReport> {
        match &self.place {
            Place::Sqlite(path) => sqlite::migrate(path, options).await,
            #[cfg(feature = "postgres")]
            Place::Postgres(connect) => migrate_postgres(connect, options).await,
            #[cfg(feature = "http")]
            Place::Http(_) => Err(self.of_a_server(
                "a migration",
                "a server upgrades nothing: stop it, and run `registry-cli migrate` on its file or database",
            )),
        }
    }

    /// Which migrations there are and which the registry has. Never changes anything.
    ///
    /// # Errors
    /// [`NotARegistry`](registry_core::Error::NotARegistry), or a failure to read or connect.
    pub async fn status(&self) -> Result<MigrationStatus> {
        match &self.place {
            Place::Sqlite(path) => sqlite::status(path).await,
            #[cfg(feature = "postgres")]
            Place::Postgres(connect) => postgres::status(connect).await.map(status_of_postgres),
            #[cfg(feature = "http")]
            Place::Http(_) => Err(self.of_a_server(
                "a migration",
                "run `registry-cli migrate --status` on the server's file or database",
            )),
        }
    }

    /// Examines the registry as [`Registry::doctor`](crate::Registry::doctor) does; a file too damaged to be opened
    /// gets a report too.
    ///
    /// # Errors
    /// As [`open`](Self::open), but for damage of a file.
    pub async fn examine(&self) -> Result<DoctorReport> {
        match &self.place {
            Place::Sqlite(path) => registry_sqlite::examine(path).await,
            #[cfg(feature = "postgres")]
            Place::Postgres(_) => {
                let registry = self.open().await?;
                let report = registry.doctor().await;
                registry.close().await;
                report
            }
            #[cfg(feature = "http")]
            Place::Http(_) => Err(self.of_a_server(
                "an examination",
                "run `registry-cli doctor` on the server's file or database",
            )),
        }
    }

    /// Tries whether a registry could be made here, and leaves nothing.
    ///
    /// # Errors
    /// What stands in the way.
    #[cfg_attr(
        not(feature = "postgres"),
        expect(clippy::unused_async, reason = "a database has to be asked")
    )]
    pub async fn creatable(&self) -> Result<()> {
        match &self.place {
            Place::Sqlite(path) => sqlite::creatable(path),
            #[cfg(feature = "postgres")]
            Place::Postgres(connect) => postgres::rehearse(connect).await.map(drop),
            #[cfg(feature = "http")]
            Place::Http(_) => Ok(()),
        }
    }
}

#[cfg(feature = "http")]
impl Location {
    fn of_a_server(&self, operation: &'static str, instead: &'static str) -> Error {
        Error::Unsupported {
            location: self.to_string(),
            operation,
            instead,
        }
    }
}

#[cfg(feature = "postgres")]
async fn migrate_postgres(connect: &ConnectOptions, options: &MigrateOptions<'_>) -> Result<MigrationReport> {
    if options.backup_to.is_some() {
        return Err(Error::Unsupported {
            location: connect.location(),
            operation: "a backup file",
            instead: "make one with `pg_dump --format custom`, then migrate without --backup-to",
        });
    }
    let report = if options.dry_run {
        postgres::rehearse(connect).await?
    } else {
        postgres::migrate(connect).await?
    };
    Ok(MigrationReport {
        location: report.location,
        dry_run: report.dry_run,
        from: report.from,
        from_version: report.from_version,
        to_version: report.to_version,
        changed: report.changed,
        // Nothing of the original can be in a database.
        backup: None,
        models: 0,
        tags: 0,
        exports: 0,
        events: 0,
        mendings: Vec::new(),
        set_aside: Vec::new(),
        left_alone: Vec::new(),
    })
}

#[cfg(feature = "postgres")]
fn status_of_postgres(status: postgres::MigrationStatus) -> MigrationStatus {
    let migrations = status.migrations.into_iter().map(|migration| MigrationState {
        version: migration.version,
        description: migration.description,
        applied: migration.applied,
    });
    MigrationStatus {
        location: status.location,
        state: status.state,
        current: status.current,
        found: status.found,
        needed: status.needed,
        migrations: migrations.collect(),
    }
}
