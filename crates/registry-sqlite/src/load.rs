//! What a write reads before it decides. All of it runs inside the immediate transaction, which is the lock: nobody
//! else writes until it ends.

use registry_core::record::{EventRecord, HolderRecord, NameRecord, ReferenceRecord};
use registry_core::{EventId, ModelId, ModelName, Status, TagName, Version};
use sqlx::SqliteConnection;

use crate::decode;

pub(crate) async fn version(
    connection: &mut SqliteConnection,
    name: &ModelName,
    version: &Version,
) -> sqlx::Result<Option<ReferenceRecord>> {
    let version = version.to_string();
    sqlx::query_file_as!(
        ReferenceRecord,
        "queries/load_version.sql",
        name.as_str(),
        version
    )
    .fetch_optional(connection)
    .await
}

pub(crate) async fn name(connection: &mut SqliteConnection, name: &ModelName) -> sqlx::Result<NameRecord> {
    sqlx::query_file_as!(NameRecord, "queries/load_name.sql", name.as_str())
        .fetch_one(connection)
        .await
}

pub(crate) async fn holders(
    connection: &mut SqliteConnection,
    tag: &TagName,
    name: Option<&ModelName>,
) -> sqlx::Result<Vec<HolderRecord>> {
    let records = match name {
        None => {
            sqlx::query_file_scalar!("queries/load_holders.sql", tag.as_str())
                .fetch_one(connection)
                .await
        }
        Some(name) => {
            sqlx::query_file_scalar!("queries/load_holders_of_name.sql", tag.as_str(), name.as_str())
                .fetch_one(connection)
                .await
        }
    };
    decode::list(&records?)
}

pub(crate) async fn latest_holders(
    connection: &mut SqliteConnection,
    tag: &TagName,
    status: Status,
    take: i64,
) -> sqlx::Result<Vec<HolderRecord>> {
    let records = sqlx::query_file_scalar!(
        "queries/load_latest_holders.sql",
        tag.as_str(),
        status.as_str(),
        take
    )
    .fetch_one(connection)
    .await?;
    decode::list(&records)
}

pub(crate) async fn promoted_holders(
    connection: &mut SqliteConnection,
    tag: &TagName,
    take: i64,
) -> sqlx::Result<Vec<HolderRecord>> {
    let records = sqlx::query_file_scalar!("queries/load_promoted_holders.sql", tag.as_str(), take)
        .fetch_one(connection)
        .await?;
    decode::list(&records)
}

pub(crate) async fn children(
    connection: &mut SqliteConnection,
    id: ModelId,
) -> sqlx::Result<Vec<ReferenceRecord>> {
    let records = sqlx::query_file_scalar!("queries/load_children.sql", id.get())
        .fetch_one(connection)
        .await?;
    decode::list(&records)
}

pub(crate) async fn event(
    connection: &mut SqliteConnection,
    id: EventId,
) -> sqlx::Result<Option<EventRecord>> {
    sqlx::query_file_as!(EventRecord, "queries/load_event.sql", id.0)
        .fetch_optional(connection)
        .await
}

pub(crate) async fn next_model_id(connection: &mut SqliteConnection) -> sqlx::Result<i64> {
    sqlx::query_file_scalar!("queries/next_model_id.sql")
        .fetch_one(connection)
        .await
}

pub(crate) async fn next_event_ids(
    connection: &mut SqliteConnection,
    count: usize,
) -> sqlx::Result<Vec<i64>> {
    let next = sqlx::query_file_scalar!("queries/next_event_id.sql")
        .fetch_one(connection)
        .await?;
    Ok((next..).take(count).collect())
}
