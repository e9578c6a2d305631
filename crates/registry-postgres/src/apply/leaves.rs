//! The rows by which metadata is searched.

use registry_core::search::leaves;
use registry_core::{Metadata, ModelId};
use sqlx::PgConnection;

use super::columns::LeafRows;

/// Replaces the leaves of a model.
pub(super) async fn replace(
    connection: &mut PgConnection,
    model: ModelId,
    metadata: &Metadata,
) -> sqlx::Result<()> {
    sqlx::query_file!("queries/delete_model_metadata.sql", model.get())
        .execute(&mut *connection)
        .await?;
    let mut rows = LeafRows::default();
    for leaf in leaves(metadata) {
        rows.add(model.get(), leaf);
    }
    if rows.path.is_empty() {
        return Ok(());
    }
    sqlx::query_file!(
        "queries/insert_model_metadata.sql",
        model.get(),
        &rows.path,
        &rows.number as &[Option<f64>],
        &rows.text as &[Option<String>],
        &rows.boolean as &[Option<bool>]
    )
    .execute(connection)
    .await?;
    Ok(())
}
