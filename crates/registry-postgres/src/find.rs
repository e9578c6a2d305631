//! Reading one model, versions of a name, and models by id.

use registry_core::backend::ModelKey;
use registry_core::record::{ModelRecord, ReferenceRecord, SettingRecord};
use registry_core::{ModelId, ModelName, SortKey, Status, TagName, Version};
use sqlx::{PgExecutor, PgPool};

/// One model, however it is asked for. One statement.
pub(crate) async fn model(readers: &PgPool, key: &ModelKey) -> sqlx::Result<Option<ModelRecord>> {
    match key {
        ModelKey::Id(id) => by_id(readers, *id).await,
        ModelKey::Version(name, version) => by_version(readers, name, version).await,
        ModelKey::Tag(tag, None) => by_tag(readers, tag).await,
        ModelKey::Tag(tag, Some(name)) => by_tag_and_name(readers, tag, name).await,
    }
}

pub(crate) async fn by_id(executor: impl PgExecutor<'_>, id: ModelId) -> sqlx::Result<Option<ModelRecord>> {
    sqlx::query_file_as!(ModelRecord, "queries/find_model_by_id.sql", id.get())
        .fetch_optional(executor)
        .await
}

async fn by_version(
    readers: &PgPool,
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
    .fetch_optional(readers)
    .await
}

async fn by_tag(readers: &PgPool, tag: &TagName) -> sqlx::Result<Option<ModelRecord>> {
    sqlx::query_file_as!(
        ModelRecord,
        "queries/find_model_by_tag.sql",
        tag.as_str(),
        Status::Active.as_str()
    )
    .fetch_optional(readers)
    .await
}

async fn by_tag_and_name(
    readers: &PgPool,
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
    .fetch_optional(readers)
    .await
}

pub(crate) async fn versions(
    readers: &PgPool,
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
    .fetch_all(readers)
    .await
}

pub(crate) async fn many(readers: &PgPool, ids: &[ModelId]) -> sqlx::Result<Vec<ModelRecord>> {
    let ids: Vec<i64> = ids.iter().map(|id| id.get()).collect();
    sqlx::query_file_as!(ModelRecord, "queries/find_many.sql", &ids)
        .fetch_all(readers)
        .await
}

pub(crate) async fn settings(executor: impl PgExecutor<'_>) -> sqlx::Result<Vec<SettingRecord>> {
    sqlx::query_file_as!(SettingRecord, "queries/find_settings.sql")
        .fetch_all(executor)
        .await
}
