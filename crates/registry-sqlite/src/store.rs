//! Opening and closing a registry.

use std::path::Path;

use registry_core::{Error, Result};
use sqlx::SqliteConnection;

use crate::data_version::Witness;
use crate::inspect::{SchemaState, inspect};
use crate::readers::{Reader, Readers};
use crate::watch::Lookout;
use crate::writer::{SharedError, Tx, Writer};
use crate::{connect, error, migrate};

/// A model registry in one SQLite file: a [`RegistryStore`](registry_core::RegistryStore).
///
/// Cheap to clone; clones share their connections. Any number of processes may use the file at the same time: reads
/// never wait, writes wait for each other for up to half a minute.
///
/// ```
/// use std::sync::Arc;
///
/// use registry_core::{RegistryStore, Selector};
/// use registry_sqlite::SqliteStore;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> registry_core::Result<()> {
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("registry.db");
/// let store: Arc<dyn RegistryStore> = Arc::new(SqliteStore::open_or_create(&path).await?);
/// assert!(store.find(&"gpt-small@1.0.0".parse::<Selector>()?).await?.is_none());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct SqliteStore {
    location: String,
    readers: Readers,
    writer: Writer,
    lookout: Lookout,
    witness: Witness,
}

impl SqliteStore {
    /// Opens a registry that exists and is up to date. Never changes the file.
    ///
    /// # Errors
    /// [`RegistryMissing`](Error::RegistryMissing), [`OriginalRegistry`](Error::OriginalRegistry),
    /// [`RegistryOutdated`](Error::RegistryOutdated), [`RegistryNewer`](Error::RegistryNewer),
    /// [`NotARegistry`](Error::NotARegistry), [`Damaged`](Error::Damaged), or a failure to read.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        inspect(path).await?.require_current(path)?;
        Self::connect(path).await
    }

    /// Opens a registry as [`open`](Self::open) does; where there is no file or an empty one, creates it first. Its
    /// folder must exist.
    ///
    /// # Errors
    /// As [`open`](Self::open), and [`File`](Error::File) when the file can't be created.
    pub async fn open_or_create(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        match inspect(path).await? {
            SchemaState::Missing | SchemaState::Empty => migrate::create(path).await?,
            state => state.require_current(path)?,
        }
        Self::connect(path).await
    }

    async fn connect(path: &Path) -> Result<Self> {
        let location = path.display().to_string();
        let readers = connect::readers(path).await;
        let readers = readers.map_err(|error| error::meaning(&location, "open the registry", error))?;
        Ok(Self {
            lookout: Lookout::new(&readers),
            witness: Witness::new(&readers),
            readers,
            writer: connect::writer(path),
            location,
        })
    }

    /// Closes every connection, after what they are doing. A store that is dropped closes by itself; this waits for it.
    pub async fn close(&self) {
        self.writer.close().await;
        self.witness.close().await;
        self.readers.close().await;
    }

    /// The file, as it was named when it was opened.
    pub fn location(&self) -> &str {
        &self.location
    }

    pub(crate) fn readers(&self) -> &Readers {
        &self.readers
    }

    pub(crate) async fn reader(&self) -> Result<Reader> {
        self.readers.reader().await.map_err(self.failed("begin to read"))
    }

    pub(crate) fn lookout(&self) -> &Lookout {
        &self.lookout
    }

    pub(crate) fn witness(&self) -> &Witness {
        &self.witness
    }

    pub(crate) fn writer(&self) -> &Writer {
        &self.writer
    }

    /// Says what an error of this registry means.
    pub(crate) fn failed(&self, action: &'static str) -> impl FnOnce(sqlx::Error) -> Error {
        move |error| error::meaning(&self.location, action, error)
    }

    /// As [`failed`](Self::failed), of an error that others are told too.
    pub(crate) fn failed_for_all(&self, action: &'static str) -> impl FnOnce(SharedError) -> Error {
        move |error| error::shared_meaning(&self.location, action, error)
    }

    /// Where the next statement of a write goes.
    pub(crate) fn connection<'a>(
        &self,
        tx: &'a mut Tx,
        action: &'static str,
    ) -> Result<&'a mut SqliteConnection> {
        tx.connection().map_err(self.failed_for_all(action))
    }

    /// As [`failed`](Self::failed), of a statement of a write, which can't be committed after it.
    pub(crate) fn failed_in(&self, tx: &mut Tx, action: &'static str) -> impl FnOnce(sqlx::Error) -> Error {
        move |error| error::shared_meaning(&self.location, action, tx.fail(error))
    }
}
