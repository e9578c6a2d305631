//! Rows that are asked for by what they are about.

use registry_core::record::{EventRecord, ModelRecord, OrdinalRecord, ReferenceRecord, ToldRecord};
use sqlx::PgConnection;

pub(super) async fn models(connection: &mut PgConnection, ids: &[i64]) -> sqlx::Result<Vec<ModelRecord>> {
    sqlx::query_file_as!(ModelRecord, "queries/copy/find_models.sql", ids)
        .fetch_all(connection)
        .await
}

pub(super) async fn versions(
    connection: &mut PgConnection,
    versions: &[(String, String)],
) -> sqlx::Result<Vec<ReferenceRecord>> {
    let (names, versions): (Vec<String>, Vec<String>) = versions.iter().cloned().unzip();
    sqlx::query_file_as!(
        ReferenceRecord,
        "queries/copy/find_versions.sql",
        &names,
        &versions
    )
    .fetch_all(connection)
    .await
}

pub(super) async fn names(
    connection: &mut PgConnection,
    names: &[String],
) -> sqlx::Result<Vec<OrdinalRecord>> {
    sqlx::query_file_as!(OrdinalRecord, "queries/copy/find_names.sql", names)
        .fetch_all(connection)
        .await
}

pub(super) async fn events(connection: &mut PgConnection, models: &[i64]) -> sqlx::Result<Vec<EventRecord>> {
    sqlx::query_file_as!(EventRecord, "queries/copy/find_events.sql", models)
        .fetch_all(connection)
        .await
}

pub(super) async fn told(
    connection: &mut PgConnection,
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
        name.as_deref(),
        version.as_deref(),
        at,
        kind,
        tag.as_deref()
    )
    .fetch_optional(connection)
    .await
}
