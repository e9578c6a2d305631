//! What the registry holds, in outline: its names and its tags.

use registry_core::record::{NameSummaryRecord, TagSummaryRecord};
use registry_core::{ModelName, Status, TagName};
use sqlx::PgConnection;

use crate::decode;

/// The names that have models.
pub(crate) async fn names(
    reader: &mut PgConnection,
    after: Option<&ModelName>,
    take: i64,
    count: i64,
) -> sqlx::Result<Vec<NameSummaryRecord>> {
    // No name is empty.
    let after = after.map_or("", ModelName::as_str);
    let records = sqlx::query_file_scalar!("queries/list_names.sql", after, take, count)
        .fetch_one(reader)
        .await?;
    decode::list(&records)
}

/// The tags that models hold.
pub(crate) async fn tags(
    reader: &mut PgConnection,
    after: Option<&TagName>,
    take: i64,
    count: i64,
) -> sqlx::Result<Vec<TagSummaryRecord>> {
    let after = after.map_or("", TagName::as_str);
    let active = Status::Active.as_str();
    let records = sqlx::query_file_scalar!("queries/list_tags.sql", after, take, count, active)
        .fetch_one(reader)
        .await?;
    decode::list(&records)
}
