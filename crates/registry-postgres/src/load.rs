//! What a write reads before it decides, under the locks that it took at its beginning (`locks.rs`).

use registry_core::backend::RegistrationKeys;
use registry_core::record::{AnswerRecord, EventRecord, HolderRecord, ReferenceRecord, RegistrationRecords};
use registry_core::{Actor, EventId, IdempotencyKey, ModelId, ModelName, Status, TagName};
use sqlx::PgConnection;

use crate::decode;

/// `missing` says how many new numbers are needed, for models and for events.
pub(crate) async fn registrations(
    connection: &mut PgConnection,
    keys: &RegistrationKeys,
    missing: (usize, usize),
) -> sqlx::Result<RegistrationRecords> {
    let texts = |names: &mut dyn Iterator<Item = &str>| names.map(str::to_owned).collect::<Vec<_>>();
    let number = |count| i64::try_from(count).unwrap_or(i64::MAX);
    let (names, versions): (Vec<String>, Vec<String>) = keys
        .versions
        .iter()
        .map(|(name, version)| (name.as_str().to_owned(), version.to_string()))
        .unzip();
    let models: Vec<i64> = keys.models.iter().copied().map(ModelId::get).collect();
    let loaded = sqlx::query_file!(
        "queries/load_registrations.sql",
        &texts(&mut keys.names.iter().map(ModelName::as_str)),
        &names,
        &versions,
        &models,
        &texts(&mut keys.tags.iter().map(TagName::as_str)),
        number(missing.0),
        number(missing.1)
    )
    .fetch_one(connection)
    .await?;
    let mut models: Vec<ReferenceRecord> = decode::list(&loaded.versions)?;
    models.extend(decode::list::<ReferenceRecord>(&loaded.models)?);
    Ok(RegistrationRecords {
        model_ids: loaded.model_ids,
        event_ids: loaded.event_ids,
        names: decode::list(&loaded.names)?,
        models,
        promoted: decode::list(&loaded.promoted)?,
    })
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

pub(crate) async fn answer(
    connection: &mut PgConnection,
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
