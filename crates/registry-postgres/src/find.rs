//! Reading one model, versions of a name, and models by id.

use registry_core::backend::ModelKey;
use registry_core::record::{ModelRecord, ReferenceRecord, SettingRecord};
use registry_core::{ModelId, ModelName, SortKey, Status, TagName, Version};
use sqlx::{PgConnection, PgExecutor};

/// One model, however it is asked for. One statement.
pub(crate) async fn model(reader: &mut PgConnection, key: &ModelKey) -> sqlx::Result<Option<ModelRecord>> {
    match key {
        ModelKey::Id(id) => by_id(reader, *id).await,
        ModelKey::Version(name, version) => by_version(reader, name, version).await,
        ModelKey::Tag(tag, None) => by_tag(reader, tag).await,
        ModelKey::Tag(tag, Some(name)) => by_tag_and_name(reader, tag, name).await,
    }
}

pub(crate) async fn by_id(executor: impl PgExecutor<'_>, id: ModelId) -> sqlx::Result<Option<ModelRecord>> {
    sqlx::query_file_as!(ModelRecord, "queries/find_model_by_id.sql", id.get())
        .fetch_optional(executor)
        .await
}

async fn by_version(
    reader: &mut PgConnection,
    name: &ModelName,
    version: &Version,
) -> sqlx::Result<Option<ModelRecord>> {
    let version = version.to_string();
    sqlx::query_file_as!(
        ModelRecord,
        "queries/find_model_by_version.sql",
        name.as_str(),
        version
    )
    .fetch_optional(reader)
    .await
}

async fn by_tag(reader: &mut PgConnection, tag: &TagName) -> sqlx::Result<Option<ModelRecord>> {
    sqlx::query_file_as!(
        ModelRecord,
        "queries/find_model_by_tag.sql",
        tag.as_str(),
        Status::Active.as_str()
    )
    .fetch_optional(reader)
    .await
}

async fn by_tag_and_name(
    reader: &mut PgConnection,
    tag: &TagName,
    name: &ModelName,
) -> sqlx::Result<Option<ModelRecord>> {
    sqlx::query_file_as!(
        ModelRecord,
        "queries/find_model_by_tag_and_name.sql",
        tag.as_str(),
        name.as_str(),
        Status::Active.as_str()
    )
    .fetch_optional(reader)
    .await
}

pub(crate) async fn versions(
    reader: &mut PgConnection,
    name: &ModelName,
    below: Option<&SortKey>,
    take: i64,
) -> sqlx::Result<Vec<ReferenceRecord>> {
    let below = below.map(SortKey::as_bytes);
    sqlx::query_file_as!(
        ReferenceRecord,
        "queries/find_versions.sql",
        name.as_str(),
        below,
        take
    )
    .fetch_all(reader)
    .await
}

pub(crate) async fn many(reader: &mut PgConnection, ids: &[ModelId]) -> sqlx::Result<Vec<ModelRecord>> {
    let ids: Vec<i64> = ids.iter().map(|id| id.get()).collect();
    sqlx::query_file_as!(ModelRecord, "queries/find_many.sql", &ids)
        .fetch_all(reader)
        .await
}

pub(crate) async fn settings(executor: impl PgExecutor<'_>) -> sqlx::Result<Vec<SettingRecord>> {
    sqlx::query_file_as!(SettingRecord, "queries/find_settings.sql")
        .fetch_all(executor)
        .await
}
