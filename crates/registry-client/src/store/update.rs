//! Changes to a model's fields, as JSON.

use registry_core::{FieldUpdate, MetadataUpdate, MetricsUpdate, ModelUpdate};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// What changes; what stays is not named.
pub(super) fn body(update: &ModelUpdate) -> Map<String, Value> {
    let mut body = Map::new();
    if let Some(task_type) = &update.task_type {
        body.insert("task_type".into(), json!(task_type));
    }
    match &update.metrics {
        MetricsUpdate::Keep => {}
        MetricsUpdate::Merge(patch) => {
            let merged: Map<_, _> = patch
                .iter()
                .map(|(name, value)| (name.as_str().to_owned(), json!(value)))
                .collect();
            body.insert("metrics".into(), merged.into());
        }
        MetricsUpdate::Replace(metrics) => {
            body.insert("replace_metrics".into(), json!(metrics));
        }
    }
    match &update.metadata {
        MetadataUpdate::Keep => {}
        MetadataUpdate::Merge(patch) => {
            body.insert("metadata".into(), json!(patch));
        }
        MetadataUpdate::Replace(metadata) => {
            body.insert("replace_metadata".into(), json!(metadata));
        }
    }
    field(&mut body, "memory_req_gb", &update.memory_req_gb);
    field(&mut body, "model_size_mb", &update.model_size_mb);
    field(&mut body, "training_run_id", &update.training_run_id);
    field(&mut body, "notes", &update.notes);
    field(&mut body, "parent_model_id", &update.parent);
    if let Some(checkpoint) = &update.checkpoint {
        body.insert("checkpoint_path".into(), json!(checkpoint.path));
        body.insert("size_bytes".into(), json!(checkpoint.size_bytes));
        if let Some(absolute) = &checkpoint.absolute {
            body.insert("checkpoint_absolute".into(), json!(absolute));
        }
    }
    body
}

fn field<T: Serialize>(body: &mut Map<String, Value>, name: &str, update: &FieldUpdate<T>) {
    let value = match update {
        FieldUpdate::Keep => return,
        FieldUpdate::Clear => Value::Null,
        FieldUpdate::Set(value) => json!(value),
    };
    body.insert(name.to_owned(), value);
}
