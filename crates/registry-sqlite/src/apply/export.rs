//! Exports.

use registry_core::{ExportFormat, ModelId};
use sqlx::SqliteConnection;

pub(super) async fn remove(
    connection: &mut SqliteConnection,
    model: ModelId,
    format: &ExportFormat,
    path: &str,
) -> sqlx::Result<()> {
    sqlx::query_file!("queries/remove_export.sql", model.get(), format.as_str(), path)
        .execute(connection)
        .await?;
    Ok(())
}
