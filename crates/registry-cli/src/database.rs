//! Opening the registry.

use registry_connect::{Location, Registry};
use registry_core::{Error, ModelId, RegistryStore, RegistryStoreExt, Result, Selector};

/// Opens a registry, which is made where there is none; a rehearsal makes it in a folder for the time being.
///
/// # Errors
/// See [`Location::open_or_create`].
pub(crate) async fn open_or_create(
    location: &Location,
    dry_run: bool,
) -> Result<(Registry, Option<tempfile::TempDir>)> {
    if !dry_run {
        return Ok((location.open_or_create().await?, None));
    }
    match location.open().await {
        Err(Error::RegistryMissing { .. }) => location.creatable().await?,
        opened => return Ok((opened?, None)),
    }
    let folder = tempfile::tempdir().map_err(|source| Error::File {
        action: "make a folder for the dry run".into(),
        source,
    })?;
    let rehearsal = Location::file(folder.path().join("registry.db"));
    Ok((rehearsal.open_or_create().await?, Some(folder)))
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
