//! Reading one model, versions of a name, and models by id.

use registry_core::backend::ModelKey;
use registry_core::record::{ModelRecord, ReferenceRecord, SettingRecord};
use registry_core::{ModelId, ModelName, SortKey, Status, TagName, Version};
use sqlx::SqliteExecutor;

use crate::readers::Readers;
use crate::{decode, fields};

/// One model, however it is asked for. One statement.
pub(crate) async fn model(readers: &Readers, key: &ModelKey) -> sqlx::Result<Option<ModelRecord>> {
    match key {
        ModelKey::Id(id) => by_id(&mut *readers.reader().await?, *id).await,
        ModelKey::Version(name, version) => by_version(readers, name, version).await,
        ModelKey::Tag(tag, None) => by_tag(readers, tag).await,
        ModelKey::Tag(tag, Some(name)) => by_tag_and_name(readers, tag, name).await,
    }
}

pub(crate) async fn by_id(
    executor: impl SqliteExecutor<'_>,
    id: ModelId,
) -> sqlx::Result<Option<ModelRecord>> {
    sqlx::query_file_as!(ModelRecord, "queries/find_model_by_id.sql", id.get())
        .fetch_optional(executor)
        .await
}

async fn by_version(
    readers: &Readers,
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
    .fetch_optional(&mut *readers.reader().await?)
    .await
}

async fn by_tag(readers: &Readers, tag: &TagName) -> sqlx::Result<Option<ModelRecord>> {
    sqlx::query_file_as!(
        ModelRecord,
        "queries/find_model_by_tag.sql",
        tag.as_str(),
        Status::Active.as_str()
    )
    .fetch_optional(&mut *readers.reader().await?)
    .await
}

async fn by_tag_and_name(
    readers: &Readers,
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
    .fetch_optional(&mut *readers.reader().await?)
    .await
}

pub(crate) async fn versions(
    readers: &Readers,
    name: &ModelName,
    below: Option<&SortKey>,
    take: i64,
) -> sqlx::Result<Vec<ReferenceRecord>> {
    let below = below.map(SortKey::as_bytes);
    let records = sqlx::query_file_scalar!("queries/find_versions.sql", name.as_str(), below, take)
        .fetch_one(&mut *readers.reader().await?)
        .await?;
    decode::list(&records)
}

pub(crate) async fn many(readers: &Readers, ids: &[ModelId]) -> sqlx::Result<Vec<ModelRecord>> {
    let ids = decode::to_json(ids)?;
    let records = sqlx::query_file_scalar!("queries/find_many.sql", ids)
        .fetch_one(&mut *readers.reader().await?)
        .await?;
    fields::records(readers, &records).await
}

pub(crate) async fn settings(executor: impl SqliteExecutor<'_>) -> sqlx::Result<Vec<SettingRecord>> {
    sqlx::query_file_as!(SettingRecord, "queries/find_settings.sql")
        .fetch_all(executor)
        .await
}
