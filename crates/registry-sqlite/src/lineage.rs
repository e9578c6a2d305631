//! Families: one recursive statement for each scope.

use registry_core::record::LineageRecord;
use registry_core::{LineageScope, ModelId};
use sqlx::SqliteConnection;

use crate::fields;
use crate::readers::Readers;

pub(crate) async fn lineage(
    readers: &Readers,
    model: ModelId,
    scope: LineageScope,
) -> sqlx::Result<Vec<LineageRecord>> {
    let model = model.get();
    let records = match scope {
        LineageScope::Ancestors => {
            sqlx::query_file_scalar!("queries/find_ancestors.sql", model)
                .fetch_one(&mut *readers.reader().await?)
                .await
        }
        LineageScope::Descendants => {
            sqlx::query_file_scalar!("queries/find_descendants.sql", model)
                .fetch_one(&mut *readers.reader().await?)
                .await
        }
        LineageScope::Family => {
            sqlx::query_file_scalar!("queries/find_family.sql", model)
                .fetch_one(&mut *readers.reader().await?)
                .await
        }
    };
    fields::records(readers, &records?).await
}

/// The ids of the model and everything above it.
pub(crate) async fn ancestor_ids(
    connection: &mut SqliteConnection,
    model: ModelId,
) -> sqlx::Result<Vec<i64>> {
    sqlx::query_file_scalar!("queries/load_ancestors.sql", model.get())
        .fetch_all(connection)
        .await
}
