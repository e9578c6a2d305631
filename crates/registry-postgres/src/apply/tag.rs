//! Tags.

use registry_core::{EventId, ModelId, ModelRef, Tag, TagName};
use sqlx::PgConnection;

pub(super) async fn put(
    connection: &mut PgConnection,
    model: &ModelRef,
    tag: &Tag,
    event: EventId,
) -> sqlx::Result<()> {
    sqlx::query_file!(
        "queries/put_tag.sql",
        model.id.get(),
        tag.name.as_str(),
        model.name.as_str(),
        tag.since.as_micros(),
        tag.promoted,
        event.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn remove(connection: &mut PgConnection, model: ModelId, tag: &TagName) -> sqlx::Result<()> {
    sqlx::query_file!("queries/remove_tag.sql", model.get(), tag.as_str())
        .execute(connection)
        .await?;
    Ok(())
}
