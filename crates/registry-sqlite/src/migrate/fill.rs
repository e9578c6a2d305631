//! Filling what an earlier schema did not have, where SQL alone can't.

use registry_core::{Metadata, ModelId};
use sqlx::SqliteConnection;

use super::Progress;
use crate::apply::leaves;

/// The schema that brought the rows by which metadata is searched.
pub(super) const METADATA_LEAVES: i64 = 4;

/// Writes them for every model; returns how many models there are. Metadata that is no JSON object has none, which
/// `doctor` says.
pub(super) async fn metadata_leaves(
    connection: &mut SqliteConnection,
    progress: Option<Progress<'_>>,
) -> sqlx::Result<u64> {
    let models = sqlx::query_file_scalar!("queries/migrate/count_models.sql")
        .fetch_one(&mut *connection)
        .await?;
    let total = u64::try_from(models).unwrap_or(0);
    let mut done = 0;
    let mut last = i64::MIN;
    loop {
        let page = sqlx::query_file!("queries/migrate/metadata.sql", last)
            .fetch_all(&mut *connection)
            .await?;
        let Some(end) = page.last() else {
            return Ok(total);
        };
        last = end.model_id;
        for row in &page {
            if let (Ok(id), Ok(metadata)) = (ModelId::try_from(row.model_id), Metadata::parse(&row.metadata))
            {
                leaves::insert(connection, id, &metadata).await?;
            }
            done += 1;
            if let Some(progress) = progress {
                progress(done, total);
            }
        }
    }
}
