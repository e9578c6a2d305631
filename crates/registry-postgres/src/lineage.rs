//! Families: one recursive statement for each scope.

use registry_core::record::{LineageRecord, ModelRecord};
use registry_core::{LineageScope, ModelId};
use sqlx::PgConnection;

pub(crate) async fn lineage(
    reader: &mut PgConnection,
    model: ModelId,
    scope: LineageScope,
) -> sqlx::Result<Vec<LineageRecord>> {
    let model = model.get();
    let members = match scope {
        LineageScope::Ancestors => {
            sqlx::query_file_as!(Member, "queries/find_ancestors.sql", model)
                .fetch_all(reader)
                .await
        }
        LineageScope::Descendants => {
            sqlx::query_file_as!(Member, "queries/find_descendants.sql", model)
                .fetch_all(reader)
                .await
        }
        LineageScope::Family => {
            sqlx::query_file_as!(Member, "queries/find_family.sql", model)
                .fetch_all(reader)
                .await
        }
    };
    Ok(members?.into_iter().map(Into::into).collect())
}

/// A row of a family.
struct Member {
    generation: i64,
    model_id: i64,
    name: String,
    version: String,
    ordinal: i64,
    checkpoint_path: String,
    checkpoint_absolute: Option<String>,
    size_bytes: Option<i64>,
    task_type: String,
    config_hash: String,
    training_run_id: Option<i64>,
    parent_model_id: Option<i64>,
    created_at: i64,
    updated_at: i64,
    created_by: String,
    metrics: String,
    export_formats: String,
    model_size_mb: Option<f64>,
    memory_req_gb: Option<f64>,
    metadata: String,
    notes: Option<String>,
    status: String,
    tags: String,
    exports: String,
}

impl From<Member> for LineageRecord {
    fn from(row: Member) -> Self {
        Self {
            generation: row.generation,
            model: ModelRecord {
                model_id: row.model_id,
                name: row.name,
                version: row.version,
                ordinal: row.ordinal,
                checkpoint_path: row.checkpoint_path,
                checkpoint_absolute: row.checkpoint_absolute,
                size_bytes: row.size_bytes,
                task_type: row.task_type,
                config_hash: row.config_hash,
                training_run_id: row.training_run_id,
                parent_model_id: row.parent_model_id,
                created_at: row.created_at,
                updated_at: row.updated_at,
                created_by: row.created_by,
                metrics: row.metrics,
                export_formats: row.export_formats,
                model_size_mb: row.model_size_mb,
                memory_req_gb: row.memory_req_gb,
                metadata: row.metadata,
                notes: row.notes,
                status: row.status,
                tags: row.tags,
                exports: row.exports,
            },
        }
    }
}

/// The ids of the model and everything above it.
pub(crate) async fn ancestor_ids(connection: &mut PgConnection, model: ModelId) -> sqlx::Result<Vec<i64>> {
    sqlx::query_file_scalar!("queries/load_ancestors.sql", model.get())
        .fetch_all(connection)
        .await
}
