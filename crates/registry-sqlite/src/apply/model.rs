//! Models, and their rows of metrics and declared formats.

use registry_core::{
    CheckpointPath, MemoryGb, Metrics, Model, ModelId, Notes, SizeMb, Timestamp, TrainingRunId,
};
use sqlx::SqliteConnection;

use super::leaves;
use crate::decode::{is_exact_number, to_json};

/// How many metrics `insert_model_metrics.sql` takes.
const METRICS_AT_ONCE: usize = 8;

/// Whether SQLite reads the row's own numbers exactly from JSON (its metrics and metadata are text).
pub(super) fn travels_as_json(model: &Model) -> bool {
    let size = model.model_size_mb.map(SizeMb::get);
    let memory = model.memory_req_gb.map(MemoryGb::get);
    [size, memory].into_iter().flatten().all(is_exact_number)
}

/// Inserts the row of a model.
pub(super) async fn insert(connection: &mut SqliteConnection, model: &Model) -> sqlx::Result<()> {
    let version_key = model.version.sort_key();
    sqlx::query_file!(
        "queries/insert_model.sql",
        model.id.get(),
        model.name.as_str(),
        model.version.to_string(),
        version_key.as_bytes(),
        integer(model.ordinal)?,
        model.checkpoint_path.as_str(),
        model.checkpoint_absolute.as_ref().map(CheckpointPath::as_str),
        model.size_bytes.map(integer).transpose()?,
        model.task_type.as_str(),
        model.config_hash.as_str(),
        model.training_run_id.map(TrainingRunId::get),
        model.parent.map(ModelId::get),
        model.created_at.as_micros(),
        model.updated_at.as_micros(),
        model.created_by.as_str(),
        to_json(&model.metrics)?,
        to_json(&model.declared_formats)?,
        model.model_size_mb.map(SizeMb::get),
        model.memory_req_gb.map(MemoryGb::get),
        to_json(&model.metadata)?,
        model.notes.as_ref().map(Notes::as_str),
        model.status.as_str()
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn update(connection: &mut SqliteConnection, model: &Model) -> sqlx::Result<()> {
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

async fn insert_formats(connection: &mut SqliteConnection, model: &Model) -> sqlx::Result<()> {
    if model.declared_formats.is_empty() {
        return Ok(());
    }
    let formats = to_json(&model.declared_formats)?;
    sqlx::query_file!("queries/insert_model_formats.sql", model.id.get(), formats)
        .execute(&mut *connection)
        .await?;
    Ok(())
}

pub(super) async fn insert_metrics(
    connection: &mut SqliteConnection,
    model: ModelId,
    metrics: &Metrics,
) -> sqlx::Result<()> {
    let metrics: Vec<_> = metrics.iter().collect();
    for some in metrics.chunks(METRICS_AT_ONCE) {
        let name = |place: usize| some.get(place).map(|(name, _)| name.as_str());
        let value = |place: usize| some.get(place).map(|(_, value)| *value);
        sqlx::query_file!(
            "queries/insert_model_metrics.sql",
            model.get(),
            name(0),
            value(0),
            name(1),
            value(1),
            name(2),
            value(2),
            name(3),
            value(3),
            name(4),
            value(4),
            name(5),
            value(5),
            name(6),
            value(6),
            name(7),
            value(7)
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

pub(super) async fn delete(connection: &mut SqliteConnection, model: ModelId) -> sqlx::Result<()> {
    sqlx::query_file!("queries/delete_model.sql", model.get())
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn clear_parent(
    connection: &mut SqliteConnection,
    model: ModelId,
    at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query_file!("queries/clear_parent.sql", model.get(), at.as_micros())
        .execute(connection)
        .await?;
    Ok(())
}

fn integer(number: u64) -> sqlx::Result<i64> {
    i64::try_from(number).map_err(|error| sqlx::Error::Encode(error.into()))
}
