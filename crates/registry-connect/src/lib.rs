//! Opens a model registry wherever it is: a [`Location`] is a file or the address of a database, and what it opens is
//! a [`Registry`], whose [`store`](Registry::store) is all that most programs need.
//!
//! What only some registries have (a backup into a file, the adoption of a file of the original) has its place here
//! too: it works where it can, and elsewhere is a typed error that says what to do instead. The closed set of backends
//! is known to this crate and to nobody above it.
//!
//! Registries in PostgreSQL need the Cargo feature `postgres`, those of servers `http`; without it, nothing of that is
//! compiled, and an address of one is refused with [`BackendMissing`](registry_core::Error::BackendMissing).
//!
//! ```
//! use registry_connect::Location;
//! use registry_core::Selector;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> registry_core::Result<()> {
//! # let folder = tempfile::tempdir().unwrap();
//! # let path = folder.path().join("models.db");
//! # let text = format!("sqlite:{}", path.display());
//! // `models.db`, `sqlite:models.db` or `postgres://user@host/database?schema=team`
//! let registry = text.parse::<Location>()?.open_or_create().await?;
//! let store = registry.store();
//! assert!(store.find(&"gpt-small@1.0.0".parse::<Selector>()?).await?.is_none());
//! registry.close().await;
//! # Ok(())
//! # }
//! ```

#[cfg(doctest)]
mod documents;
mod identity;
mod location;
mod maintenance;
mod registry;

pub use identity::{Identity, Login};
pub use registry_sqlite::BackupReport;
pub use registry_sqlite::migrate::{
    Mending, MigrateOptions, MigrationReport, MigrationState, MigrationStatus, Progress,
};

pub use crate::location::Location;
pub use crate::registry::Registry;
