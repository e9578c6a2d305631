//! What a write reads before it decides. All of it runs inside the immediate transaction, which is the lock: nobody
//! else writes until it ends.

use registry_core::backend::RegistrationKeys;
use registry_core::record::{AnswerRecord, EventRecord, HolderRecord, ReferenceRecord, RegistrationRecords};
use registry_core::{Actor, EventId, IdempotencyKey, ModelId, ModelName, Status, TagName};
use sqlx::SqliteConnection;

use crate::decode;

pub(crate) async fn registrations(
    connection: &mut SqliteConnection,
    keys: &RegistrationKeys,
) -> sqlx::Result<RegistrationRecords> {
    let names: Vec<&str> = keys.names.iter().map(ModelName::as_str).collect();
    let versions = keys.versions.iter();
    let versions: Vec<(&str, String)> = versions
        .map(|(name, version)| (name.as_str(), version.to_string()))
        .collect();
    let tags: Vec<&str> = keys.tags.iter().map(TagName::as_str).collect();
    let loaded = sqlx::query_file!(
        "queries/load_registrations.sql",
        decode::to_json(&names)?,
        decode::to_json(&versions)?,
        decode::to_json(&keys.models)?,
        decode::to_json(&tags)?
    )
    .fetch_one(connection)
    .await?;
    let mut models: Vec<ReferenceRecord> = decode::list(&loaded.versions)?;
    models.extend(decode::list::<ReferenceRecord>(&loaded.models)?);
    Ok(RegistrationRecords {
        model_ids: ids_after(loaded.last_model_id, keys.new_models),
        event_ids: ids_after(loaded.last_event_id, keys.new_events),
        names: decode::list(&loaded.names)?,
        models,
        promoted: decode::list(&loaded.promoted)?,
    })
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

pub(crate) async fn next_event_ids(
    connection: &mut SqliteConnection,
    count: usize,
) -> sqlx::Result<Vec<i64>> {
    let last = sqlx::query_file_scalar!("queries/numbers/last_event_id.sql")
        .fetch_one(connection)
        .await?;
    Ok(ids_after(last, count))
}

/// Fewer where the numbers end.
fn ids_after(last: i64, count: usize) -> Vec<i64> {
    let first = last.checked_add(1);
    first.map_or_else(Vec::new, |first| (first..=i64::MAX).take(count).collect())
}

pub(crate) async fn answer(
    connection: &mut SqliteConnection,
    actor: &Actor,
    key: &IdempotencyKey,
    since: i64,
) -> sqlx::Result<Option<AnswerRecord>> {
    sqlx::query_file_as!(
        AnswerRecord,
        "queries/load_answer.sql",
        actor.as_str(),
        key.as_str(),
        since
    )
    .fetch_optional(connection)
    .await
}
