//! Opening the registry.

use std::path::{Path, PathBuf};

use registry_core::{Error, ModelId, RegistryStore, RegistryStoreExt, Result, Selector};
use registry_sqlite::SqliteStore;

/// Opens a registry that must exist.
///
/// # Errors
/// See [`SqliteStore::open`].
pub(crate) async fn open(path: &Path) -> Result<SqliteStore> {
    SqliteStore::open(path).await
}

/// Opens a registry, which is made where there is none; a rehearsal makes it in a folder for the time being.
///
/// # Errors
/// See [`SqliteStore::open_or_create`].
pub(crate) async fn open_or_create(
    path: &Path,
    dry_run: bool,
) -> Result<(SqliteStore, Option<tempfile::TempDir>)> {
    if !dry_run || path.exists() {
        return Ok((SqliteStore::open_or_create(path).await?, None));
    }
    registry_sqlite::migrate::creatable(path)?;
    let folder = tempfile::tempdir().map_err(|source| Error::File {
        action: "make a folder for the dry run".into(),
        source,
    })?;
    let rehearsal: PathBuf = folder.path().join("registry.db");
    Ok((SqliteStore::open_or_create(&rehearsal).await?, Some(folder)))
}

/// The id of the model that a selector names. An id is taken as it is: the verb that gets it says when there is none.
///
/// # Errors
/// [`Error::ModelNotFound`].
pub(crate) async fn resolve(store: &dyn RegistryStore, selector: &Selector) -> Result<ModelId> {
    match selector {
        Selector::Id(id) => Ok(*id),
        _ => Ok(store.get(selector).await?.id),
    }
}
