//! What a write reads before it decides. All of it runs inside the immediate transaction, which is the lock: nobody
//! else writes until it ends.

use registry_core::record::{EventRecord, HolderRecord, NameRecord, ReferenceRecord};
use registry_core::{EventId, ModelId, ModelName, Status, TagName, Version};
use sqlx::PgConnection;

pub(crate) async fn version(
    connection: &mut PgConnection,
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

pub(crate) async fn name(connection: &mut PgConnection, name: &ModelName) -> sqlx::Result<NameRecord> {
    sqlx::query_file_as!(NameRecord, "queries/load_name.sql", name.as_str())
        .fetch_one(connection)
        .await
}

pub(crate) async fn holders(
    connection: &mut PgConnection,
    tag: &TagName,
    name: Option<&ModelName>,
) -> sqlx::Result<Vec<HolderRecord>> {
    match name {
        None => {
            sqlx::query_file_as!(HolderRecord, "queries/load_holders.sql", tag.as_str())
                .fetch_all(connection)
                .await
        }
        Some(name) => {
            sqlx::query_file_as!(
                HolderRecord,
                "queries/load_holders_of_name.sql",
                tag.as_str(),
                name.as_str()
            )
            .fetch_all(connection)
            .await
        }
    }
}

pub(crate) async fn latest_holders(
    connection: &mut PgConnection,
    tag: &TagName,
    status: Status,
    take: i64,
) -> sqlx::Result<Vec<HolderRecord>> {
    sqlx::query_file_as!(
        HolderRecord,
        "queries/load_latest_holders.sql",
        tag.as_str(),
        status.as_str(),
        take
    )
    .fetch_all(connection)
    .await
}

pub(crate) async fn promoted_holders(
    connection: &mut PgConnection,
    tag: &TagName,
    take: i64,
) -> sqlx::Result<Vec<HolderRecord>> {
    sqlx::query_file_as!(
        HolderRecord,
        "queries/load_promoted_holders.sql",
        tag.as_str(),
        take
    )
    .fetch_all(connection)
    .await
}

pub(crate) async fn children(
    connection: &mut PgConnection,
    id: ModelId,
) -> sqlx::Result<Vec<ReferenceRecord>> {
    sqlx::query_file_as!(ReferenceRecord, "queries/load_children.sql", id.get())
        .fetch_all(connection)
        .await
}

pub(crate) async fn event(connection: &mut PgConnection, id: EventId) -> sqlx::Result<Option<EventRecord>> {
    sqlx::query_file_as!(EventRecord, "queries/load_event.sql", id.0)
        .fetch_optional(connection)
        .await
}
