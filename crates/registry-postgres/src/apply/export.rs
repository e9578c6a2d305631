//! Exports.

use registry_core::{ExportFormat, ModelId};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

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
pub(super) fn digest(path: &str) -> Vec<u8> {
    Sha256::digest(path.as_bytes()).to_vec()
}
