//! Models, and their rows of metrics and declared formats.

use registry_core::{
    CheckpointPath, MemoryGb, Metrics, Model, ModelId, Notes, SizeMb, Timestamp, TrainingRunId,
};
use sqlx::PgConnection;

use super::leaves;
use crate::decode::to_json;

pub(super) async fn update(connection: &mut PgConnection, model: &Model) -> sqlx::Result<()> {
    sqlx::query_file!(
        "queries/update_model.sql",
        model.id.get(),
        model.checkpoint_path.as_str(),
        model.checkpoint_absolute.as_ref().map(CheckpointPath::as_str),
        model.size_bytes.map(integer).transpose()?,
        model.task_type.as_str(),
        model.config_hash.as_str(),
        model.training_run_id.map(TrainingRunId::get),
        model.parent.map(ModelId::get),
        model.updated_at.as_micros(),
        to_json(&model.metrics)?,
        to_json(&model.declared_formats)?,
        model.model_size_mb.map(SizeMb::get),
        model.memory_req_gb.map(MemoryGb::get),
        to_json(&model.metadata)?,
        model.notes.as_ref().map(Notes::as_str),
        model.status.as_str()
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query_file!("queries/delete_model_metrics.sql", model.id.get())
        .execute(&mut *connection)
        .await?;
    insert_metrics(connection, model.id, &model.metrics).await?;
    sqlx::query_file!("queries/delete_model_formats.sql", model.id.get())
        .execute(&mut *connection)
        .await?;
    insert_formats(connection, model).await?;
    leaves::replace(connection, model.id, &model.metadata).await
}

async fn insert_formats(connection: &mut PgConnection, model: &Model) -> sqlx::Result<()> {
    if model.declared_formats.is_empty() {
        return Ok(());
    }
    let formats: Vec<String> = model
        .declared_formats
        .iter()
        .map(|format| format.as_str().to_owned())
        .collect();
    sqlx::query_file!("queries/insert_model_formats.sql", model.id.get(), &formats)
        .execute(&mut *connection)
        .await?;
    Ok(())
}

async fn insert_metrics(
    connection: &mut PgConnection,
    model: ModelId,
    metrics: &Metrics,
) -> sqlx::Result<()> {
    let (names, values): (Vec<String>, Vec<f64>) = metrics
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), value))
        .unzip();
    if names.is_empty() {
        return Ok(());
    }
    sqlx::query_file!("queries/insert_model_metrics.sql", model.get(), &names, &values)
        .execute(&mut *connection)
        .await?;
    Ok(())
}

pub(super) async fn delete(connection: &mut PgConnection, model: ModelId) -> sqlx::Result<()> {
    sqlx::query_file!("queries/delete_model.sql", model.get())
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn clear_parent(
    connection: &mut PgConnection,
    model: ModelId,
    at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query_file!("queries/clear_parent.sql", model.get(), at.as_micros())
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) fn integer(number: u64) -> sqlx::Result<i64> {
    i64::try_from(number).map_err(|error| sqlx::Error::Encode(error.into()))
}
