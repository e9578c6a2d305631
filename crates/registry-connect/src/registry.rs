//! An open registry.

use std::path::Path;
use std::sync::Arc;

use registry_core::backend::Records;
use registry_core::doctor::DoctorReport;
use registry_core::{RegistryStore, Result};
use registry_sqlite::{BackupReport, SqliteStore};
#[cfg(feature = "postgres")]
use {registry_core::Error, registry_postgres::PostgresStore, registry_postgres::ReadPreference};

/// A registry that is open: its store, and what is done to a whole registry. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Registry {
    opened: Opened,
}

#[derive(Debug, Clone)]
enum Opened {
    Sqlite(SqliteStore),
    #[cfg(feature = "postgres")]
    Postgres {
        store: PostgresStore,
        /// The same, and what it reads may be a moment behind.
        reading: PostgresStore,
    },
}

impl Registry {
    pub(crate) fn of_sqlite(store: SqliteStore) -> Self {
        Self {
            opened: Opened::Sqlite(store),
        }
    }

    #[cfg(feature = "postgres")]
    pub(crate) fn of_postgres(store: PostgresStore) -> Self {
        Self {
            opened: Opened::Postgres {
                reading: store.preferring(ReadPreference::Replica),
                store,
            },
        }
    }

    /// The verbs.
    pub fn store(&self) -> &dyn RegistryStore {
        match &self.opened {
            Opened::Sqlite(store) => store,
            #[cfg(feature = "postgres")]
            Opened::Postgres { store, .. } => store,
        }
    }

    /// The verbs for reads that may be a moment behind: the replica answers them, where
    /// [one was named](crate::Location::with_replica) and can be reached. Elsewhere this is the [`store`](Self::store).
    pub fn reading_store(&self) -> &dyn RegistryStore {
        match &self.opened {
            Opened::Sqlite(store) => store,
            #[cfg(feature = "postgres")]
            Opened::Postgres { reading, .. } => reading,
        }
    }

    /// The store, to keep and to share.
    pub fn shared_store(&self) -> Arc<dyn RegistryStore> {
        match &self.opened {
            Opened::Sqlite(store) => Arc::new(store.clone()),
            #[cfg(feature = "postgres")]
            Opened::Postgres { store, .. } => Arc::new(store.clone()),
        }
    }

    /// Its rows, for [`copy`](registry_core::copy::copy).
    pub fn records(&self) -> &dyn Records {
        match &self.opened {
            Opened::Sqlite(store) => store,
            #[cfg(feature = "postgres")]
            Opened::Postgres { store, .. } => store,
        }
    }

    /// Where it is, without secrets.
    pub fn location(&self) -> &str {
        self.records().location()
    }

    /// Copies a file to a new file while others use it.
    ///
    /// # Errors
    /// [`Unsupported`](registry_core::Error::Unsupported) where it isn't a file, [`FileExists`](registry_core::Error::FileExists), or a failure to
    /// read or write.
    pub async fn backup(&self, to: &Path) -> Result<BackupReport> {
        match &self.opened {
            Opened::Sqlite(store) => store.backup(to).await,
            #[cfg(feature = "postgres")]
            Opened::Postgres { store, .. } => Err(Error::Unsupported {
                location: store.location().to_owned(),
                operation: "a backup file",
                instead: "`pg_dump --format custom` makes one while others work; `registry-cli copy --to FILE` makes a \
                          registry in a file of it",
            }),
        }
    }

    /// Looks for what is wrong or worth a look; changes nothing.
    ///
    /// # Errors
    /// Only when it can't be read at all.
    pub async fn doctor(&self) -> Result<DoctorReport> {
        match &self.opened {
            Opened::Sqlite(store) => store.doctor().await,
            #[cfg(feature = "postgres")]
            Opened::Postgres { store, .. } => store.doctor().await,
        }
    }

    /// Closes every connection, after what they are doing.
    pub async fn close(&self) {
        match &self.opened {
            Opened::Sqlite(store) => store.close().await,
            #[cfg(feature = "postgres")]
            Opened::Postgres { store, .. } => store.close().await,
        }
    }
}
