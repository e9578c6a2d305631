//! Exports.

use registry_core::{Export, ExportFormat, ModelId};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

use crate::decode::to_json;

pub(super) async fn put(connection: &mut PgConnection, model: ModelId, export: &Export) -> sqlx::Result<()> {
    sqlx::query_file!(
        "queries/put_export.sql",
        model.get(),
        export.format.as_str(),
        export.path.as_str(),
        digest(export.path.as_str()),
        export.created_at.as_micros(),
        to_json(&export.metadata)?
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn remove(
    connection: &mut PgConnection,
    model: ModelId,
    format: &ExportFormat,
    path: &str,
) -> sqlx::Result<()> {
    sqlx::query_file!(
        "queries/remove_export.sql",
        model.get(),
        format.as_str(),
        digest(path)
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// What stands for a path in the key.
fn digest(path: &str) -> Vec<u8> {
    Sha256::digest(path.as_bytes()).to_vec()
}
