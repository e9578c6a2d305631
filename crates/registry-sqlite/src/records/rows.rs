//! Rows as they are stored, in the order of their keys.

use registry_core::record::{EventRecord, HoldingRecord, LastIds, ModelRecord, OrdinalRecord, Rows};
use sqlx::SqliteConnection;

pub(super) async fn count(connection: &mut SqliteConnection) -> sqlx::Result<Rows> {
    sqlx::query_file_as!(Rows, "queries/copy/count_rows.sql")
        .fetch_one(connection)
        .await
}

pub(super) async fn last_ids(connection: &mut SqliteConnection) -> sqlx::Result<LastIds> {
    sqlx::query_file_as!(LastIds, "queries/read_last_ids.sql")
        .fetch_one(connection)
        .await
}

pub(super) async fn names(
    connection: &mut SqliteConnection,
    after: &str,
    take: i64,
) -> sqlx::Result<Vec<OrdinalRecord>> {
    sqlx::query_file_as!(OrdinalRecord, "queries/read_names.sql", after, take)
        .fetch_all(connection)
        .await
}

pub(crate) async fn events(
    connection: &mut SqliteConnection,
    after: i64,
    take: i64,
) -> sqlx::Result<Vec<EventRecord>> {
    sqlx::query_file_as!(EventRecord, "queries/read_events.sql", after, take)
        .fetch_all(connection)
        .await
}

pub(super) async fn models(
    connection: &mut SqliteConnection,
    after: i64,
    take: i64,
) -> sqlx::Result<Vec<ModelRecord>> {
    sqlx::query_file_as!(ModelRecord, "queries/read_models.sql", after, take)
        .fetch_all(connection)
        .await
}

pub(crate) async fn holdings(
    connection: &mut SqliteConnection,
    after: i64,
    up_to: i64,
) -> sqlx::Result<Vec<HoldingRecord>> {
    sqlx::query_file_as!(HoldingRecord, "queries/read_holdings.sql", after, up_to)
        .fetch_all(connection)
        .await
}
