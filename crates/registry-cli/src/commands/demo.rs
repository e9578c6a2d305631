//! `demo`: the registry at work, in a folder of its own; where `--db` names a database, in that, which must be empty.

use std::path::Path;

use registry_connect::Location;
use registry_core::record::Rows;
use registry_core::{Error, Result};

use super::{Answer, runtime};
use crate::args::Demo;
use crate::demo;
use crate::session::Session;

pub(super) fn run(args: &Demo, session: &Session<'_, '_>) -> Answer {
    if session.database.as_file().is_none() {
        runtime()?.block_on(require_empty(&session.database))?;
    }
    let folder = args.folder.as_deref().unwrap_or(Path::new(demo::FOLDER));
    demo::run(folder, session)
}

/// The demo shall not mix with anybody's models.
async fn require_empty(database: &Location) -> Result<()> {
    let registry = match database.open().await {
        Err(Error::RegistryMissing { .. }) => return database.creatable().await,
        opened => opened?,
    };
    let rows = async { registry.records()?.read_records().await?.count().await };
    let rows = rows.await;
    registry.close().await;
    if rows? == Rows::default() {
        return Ok(());
    }
    Err(Error::RegistryNotEmpty {
        location: database.to_string(),
    })
}
