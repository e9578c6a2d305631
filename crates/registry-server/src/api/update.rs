//! `PATCH /models/{id}`: changes to a model's fields.

use axum::Extension;
use axum::extract::State;
use registry_core::{
    CheckpointPath, FieldUpdate, Metadata, MetadataUpdate, Metrics, MetricsPatch, MetricsUpdate, ModelId,
    ModelUpdate,
};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::register::checkpoint;
use super::{By, Shared, WriteParameters, check_model, id};
use crate::http::answer::{Answer, changed};
use crate::http::extract::{JsonText, Parameters, Segments};
use crate::http::problem::Problem;
use crate::schema;

/// What to change. A field that is not named stays; `null` empties one that may be empty.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Update {
    /// What the model is for
    #[schema(value_type = Option<schema::Line>)]
    task_type: Option<String>,
    /// Numbers set, `null` removes, the other metrics stay
    #[schema(value_type = Option<std::collections::BTreeMap<String, Option<f64>>>)]
    metrics: Option<Map<String, Value>>,
    /// All metrics: those not named are removed
    #[schema(value_type = Option<schema::Metrics>)]
    replace_metrics: Option<Box<RawValue>>,
    /// Merged with the metadata (RFC 7396)
    #[schema(value_type = Option<schema::Metadata>)]
    metadata: Option<Box<RawValue>>,
    /// The whole metadata
    #[schema(value_type = Option<schema::Metadata>)]
    replace_metadata: Option<Box<RawValue>>,
    /// The memory it needs, in gigabytes
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<f64>)]
    memory_req_gb: FieldUpdate<f64>,
    /// Its size in megabytes
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<f64>)]
    model_size_mb: FieldUpdate<f64>,
    /// The training run it came from
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<i64>)]
    training_run_id: FieldUpdate<i64>,
    /// Free text
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    notes: FieldUpdate<String>,
    /// The model it was trained from
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<i64>)]
    parent_model_id: FieldUpdate<i64>,
    /// Where the checkpoint lies now; not looked at
    checkpoint_path: Option<String>,
    /// The size of that checkpoint; `null`: nobody looked
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<u64>)]
    size_bytes: FieldUpdate<u64>,
    /// The absolute form of that path, on the machine that has it
    checkpoint_absolute: Option<String>,
}

/// `null` empties a field, which is not the same as not naming it.
pub(super) fn named<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<FieldUpdate<T>, D::Error> {
    let value = Option::deserialize(deserializer)?;
    Ok(value.map_or(FieldUpdate::Clear, FieldUpdate::Set))
}

/// Changes fields of a model
///
/// Name and version never change.
#[utoipa::path(patch, path = "/api/v1/models/{id}", tag = "models", operation_id = "update_model",
    params(("id" = i64, Path, minimum = 1), WriteParameters),
    request_body = Update, responses((status = 200, body = schema::Model)))]
pub(crate) async fn update(
    State(app): Shared,
    Extension(caller): By,
    Segments(model): Segments<String>,
    Parameters(write): Parameters<WriteParameters>,
    JsonText(text): JsonText,
) -> Answer {
    let model = id(&model)?;
    let update: Update = serde_json::from_str(&text)
        .map_err(|error| Problem::bad_request(format!("the body cannot be read: {error}")))?;
    let update = update.into_domain()?;
    let context = caller.context(write.reason, write.dry_run)?;
    check_model(&app, &caller, model).await?;
    let model = app.store.update(&context, model, update).await?;
    Ok(changed(&model, model.revision()?, &context))
}

impl Update {
    fn into_domain(self) -> Result<ModelUpdate, Problem> {
        let metrics = match (self.metrics, self.replace_metrics) {
            (Some(_), Some(_)) => return Err(both("metrics")),
            (Some(patch), None) => MetricsUpdate::Merge(MetricsPatch::from_json(&patch)?),
            (None, Some(all)) => MetricsUpdate::Replace(Metrics::parse(all.get())?),
            (None, None) => MetricsUpdate::Keep,
        };
        let metadata = match (self.metadata, self.replace_metadata) {
            (Some(_), Some(_)) => return Err(both("metadata")),
            (Some(patch), None) => MetadataUpdate::Merge(Metadata::parse(patch.get())?.into_map()),
            (None, Some(all)) => MetadataUpdate::Replace(Metadata::parse(all.get())?),
            (None, None) => MetadataUpdate::Keep,
        };
        let checkpoint = match self.checkpoint_path {
            Some(path) => {
                if self.size_bytes.is_keep() && !matches!(self.model_size_mb, FieldUpdate::Set(_)) {
                    return Err(Problem::bad_request(
                        "a new `checkpoint_path` comes with its `size_bytes`, or with `model_size_mb`",
                    ));
                }
                let path = CheckpointPath::parse(path)?;
                Some(checkpoint(
                    path,
                    self.size_bytes.apply(None),
                    self.checkpoint_absolute,
                )?)
            }
            None if !self.size_bytes.is_keep() || self.checkpoint_absolute.is_some() => {
                return Err(Problem::bad_request(
                    "`size_bytes` and `checkpoint_absolute` go with a `checkpoint_path`",
                ));
            }
            None => None,
        };
        Ok(ModelUpdate {
            task_type: self.task_type.map(registry_core::TaskType::parse).transpose()?,
            metrics,
            metadata,
            memory_req_gb: field(self.memory_req_gb, TryInto::try_into)?,
            model_size_mb: field(self.model_size_mb, TryInto::try_into)?,
            training_run_id: field(self.training_run_id, registry_core::TrainingRunId::try_from)?,
            notes: field(self.notes, registry_core::Notes::parse)?,
            checkpoint,
            parent: field(self.parent_model_id, ModelId::try_from)?,
        })
    }
}

fn both(field: &str) -> Problem {
    Problem::bad_request(format!("`{field}` and `replace_{field}` exclude each other"))
}

fn field<T, U>(
    value: FieldUpdate<T>,
    read: impl FnOnce(T) -> Result<U, registry_core::InvalidValue>,
) -> Result<FieldUpdate<U>, registry_core::InvalidValue> {
    Ok(match value {
        FieldUpdate::Keep => FieldUpdate::Keep,
        FieldUpdate::Clear => FieldUpdate::Clear,
        FieldUpdate::Set(value) => FieldUpdate::Set(read(value)?),
    })
}
