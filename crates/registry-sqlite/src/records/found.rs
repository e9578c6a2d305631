//! Rows that are asked for by what they are about.

use registry_core::record::{EventRecord, ModelRecord, OrdinalRecord, ReferenceRecord, ToldRecord};
use sqlx::SqliteConnection;

use crate::decode;

pub(super) async fn models(connection: &mut SqliteConnection, ids: &[i64]) -> sqlx::Result<Vec<ModelRecord>> {
    let ids = decode::to_json(ids)?;
    sqlx::query_file_as!(ModelRecord, "queries/copy/find_models.sql", ids)
        .fetch_all(connection)
        .await
}

pub(super) async fn versions(
    connection: &mut SqliteConnection,
    versions: &[(String, String)],
) -> sqlx::Result<Vec<ReferenceRecord>> {
    let versions = decode::to_json(versions)?;
    sqlx::query_file_as!(ReferenceRecord, "queries/copy/find_versions.sql", versions)
        .fetch_all(connection)
        .await
}

pub(super) async fn names(
    connection: &mut SqliteConnection,
    names: &[String],
) -> sqlx::Result<Vec<OrdinalRecord>> {
    let names = decode::to_json(names)?;
    sqlx::query_file_as!(OrdinalRecord, "queries/copy/find_names.sql", names)
        .fetch_all(connection)
        .await
}

pub(super) async fn events(
    connection: &mut SqliteConnection,
    models: &[i64],
) -> sqlx::Result<Vec<EventRecord>> {
    let models = decode::to_json(models)?;
    sqlx::query_file_as!(EventRecord, "queries/copy/find_events.sql", models)
        .fetch_all(connection)
        .await
}

pub(super) async fn told(
    connection: &mut SqliteConnection,
    event: &EventRecord,
) -> sqlx::Result<Option<ToldRecord>> {
    let EventRecord {
        name,
        version,
        at,
        kind,
        tag,
        ..
    } = event;
    sqlx::query_file_as!(
        ToldRecord,
        "queries/copy/find_told.sql",
        name,
        version,
        at,
        kind,
        tag
    )
    .fetch_optional(connection)
    .await
}
