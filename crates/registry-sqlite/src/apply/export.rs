//! Exports.

use registry_core::{Export, ExportFormat, ModelId};
use sqlx::SqliteConnection;

use crate::decode::to_json;

pub(super) async fn put(
    connection: &mut SqliteConnection,
    model: ModelId,
    export: &Export,
) -> sqlx::Result<()> {
    sqlx::query_file!(
        "queries/put_export.sql",
        model.get(),
        export.format.as_str(),
        export.path.as_str(),
        export.created_at.as_micros(),
        to_json(&export.metadata)?
    )
    .execute(connection)
    .await?;
    Ok(())
}

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
