//! An open registry.

use std::path::Path;
use std::sync::Arc;

#[cfg(feature = "http")]
use registry_client::HttpStore;
#[cfg(any(feature = "postgres", feature = "http"))]
use registry_core::Error;
use registry_core::backend::Records;
use registry_core::doctor::DoctorReport;
use registry_core::{RegistryStore, Result};
use registry_sqlite::{BackupReport, SqliteStore};
#[cfg(feature = "postgres")]
use {registry_postgres::PostgresStore, registry_postgres::ReadPreference};

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
    #[cfg(feature = "http")]
    Http(HttpStore),
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

    #[cfg(feature = "http")]
    pub(crate) fn of_http(store: HttpStore) -> Self {
        Self {
            opened: Opened::Http(store),
        }
    }

    /// The verbs.
    pub fn store(&self) -> &dyn RegistryStore {
        match &self.opened {
            Opened::Sqlite(store) => store,
            #[cfg(feature = "postgres")]
            Opened::Postgres { store, .. } => store,
            #[cfg(feature = "http")]
            Opened::Http(store) => store,
        }
    }

    /// The verbs for reads that may be a moment behind: the replica answers them, where
    /// [one was named](crate::Location::with_replica) and can be reached. Elsewhere this is the [`store`](Self::store).
    pub fn reading_store(&self) -> &dyn RegistryStore {
        match &self.opened {
            Opened::Sqlite(store) => store,
            #[cfg(feature = "postgres")]
            Opened::Postgres { reading, .. } => reading,
            #[cfg(feature = "http")]
            Opened::Http(store) => store,
        }
    }

    /// The store, to keep and to share.
    pub fn shared_store(&self) -> Arc<dyn RegistryStore> {
        match &self.opened {
            Opened::Sqlite(store) => Arc::new(store.clone()),
            #[cfg(feature = "postgres")]
            Opened::Postgres { store, .. } => Arc::new(store.clone()),
            #[cfg(feature = "http")]
            Opened::Http(store) => Arc::new(store.clone()),
        }
    }

    /// Its rows, for [`copy`](registry_core::copy::copy).
    ///
    /// # Errors
    /// [`Unsupported`](registry_core::Error::Unsupported) for a server, which hands out no rows.
    pub fn records(&self) -> Result<&dyn Records> {
        match &self.opened {
            Opened::Sqlite(store) => Ok(store),
            #[cfg(feature = "postgres")]
            Opened::Postgres { store, .. } => Ok(store),
            #[cfg(feature = "http")]
            Opened::Http(store) => Err(of_a_server(
                store,
                "a copy",
                "run `registry-cli copy` on the server's file or database; `registry-cli list --format jsonl` lists its \
                 models for `registry-cli register --from`",
            )),
        }
    }

    /// Where it is, without secrets.
    pub fn location(&self) -> &str {
        match &self.opened {
            Opened::Sqlite(store) => Records::location(store),
            #[cfg(feature = "postgres")]
            Opened::Postgres { store, .. } => Records::location(store),
            #[cfg(feature = "http")]
            Opened::Http(store) => store.location(),
        }
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
            #[cfg(feature = "http")]
            Opened::Http(store) => Err(of_a_server(
                store,
                "a backup",
                "run `registry-cli backup` where the server runs: it works beside it",
            )),
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
            #[cfg(feature = "http")]
            Opened::Http(store) => Err(of_a_server(
                store,
                "an examination",
                "run `registry-cli doctor` on the server's file or database",
            )),
        }
    }

    /// Closes every connection, after what they are doing.
    pub async fn close(&self) {
        match &self.opened {
            Opened::Sqlite(store) => store.close().await,
            #[cfg(feature = "postgres")]
            Opened::Postgres { store, .. } => store.close().await,
            // Its connections end with its last clone.
            #[cfg(feature = "http")]
            Opened::Http(_) => {}
        }
    }
}

/// What only whoever runs the server can do.
#[cfg(feature = "http")]
fn of_a_server(store: &HttpStore, operation: &'static str, instead: &'static str) -> Error {
    Error::Unsupported {
        location: store.location().to_owned(),
        operation,
        instead,
    }
}
