//! `/models/{id}/exports`: the same model in other formats.

use axum::Extension;
use axum::extract::State;
use registry_core::document::ExportsDocument;
use registry_core::{CheckpointPath, ExportFormat, Metadata, NewExport};
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use super::{By, Shared, WriteParameters, check_model, id, model};
use crate::http::answer::{Answer, changed, json};
use crate::http::extract::{JsonBody, Parameters, Segments};
use crate::schema;

/// The exports of a model
#[utoipa::path(get, path = "/api/v1/models/{id}/exports", tag = "exports", operation_id = "list_exports",
    params(("id" = i64, Path, minimum = 1)),
    responses((status = 200, body = schema::Exports)))]
pub(crate) async fn list(State(app): Shared, Segments(asked): Segments<String>) -> Answer {
    let model = model(&app, id(&asked)?).await?;
    Ok(json(&ExportsDocument::from(&model)))
}

/// An export to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddExport {
    /// The format, such as `onnx`
    #[schema(value_type = schema::Line)]
    export_format: String,
    /// Where it lies; not looked at
    export_path: String,
    /// What the exporter says about it
    #[schema(value_type = Option<schema::Metadata>)]
    metadata: Option<Box<RawValue>>,
}

/// Adds an export
///
/// The same format and path again updates it.
#[utoipa::path(post, path = "/api/v1/models/{id}/exports", tag = "exports", operation_id = "add_export",
    params(("id" = i64, Path, minimum = 1), WriteParameters),
    request_body = AddExport, responses((status = 200, body = schema::Model)))]
pub(crate) async fn add(
    State(app): Shared,
    Extension(caller): By,
    Segments(model): Segments<String>,
    Parameters(write): Parameters<WriteParameters>,
    JsonBody(body): JsonBody<AddExport>,
) -> Answer {
    let model = id(&model)?;
    let metadata = body
        .metadata
        .map(|metadata| Metadata::parse(metadata.get()))
        .transpose()?;
    let export = NewExport {
        format: ExportFormat::parse(body.export_format)?,
        path: CheckpointPath::parse(body.export_path)?,
        metadata: metadata.unwrap_or_default(),
    };
    let context = caller.context(write.reason, write.dry_run)?;
    check_model(&app, &caller, model).await?;
    let model = app.store.add_export(&context, model, export).await?;
    Ok(changed(&model, model.revision()?, &context))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RemoveParameters {
    /// Only the one at this path [default: all of the format]
    path: Option<String>,
    /// Why; kept in the history
    #[param(inline, value_type = Option<schema::Reason>)]
    reason: Option<String>,
    /// Answer as usual and change nothing
    #[serde(default)]
    dry_run: bool,
}

/// Removes the exports of a format
#[utoipa::path(delete, path = "/api/v1/models/{id}/exports/{format}", tag = "exports", operation_id = "remove_exports",
    params(("id" = i64, Path, minimum = 1), ("format" = inline(schema::Line), Path), RemoveParameters),
    responses((status = 200, body = schema::Model)))]
pub(crate) async fn remove(
    State(app): Shared,
    Extension(caller): By,
    Segments((model, format)): Segments<(String, String)>,
    Parameters(write): Parameters<RemoveParameters>,
) -> Answer {
    let (model, format) = (id(&model)?, ExportFormat::parse(format)?);
    let context = caller.context(write.reason, write.dry_run)?;
    check_model(&app, &caller, model).await?;
    let path = write.path.as_deref();
    let model = app.store.remove_export(&context, model, &format, path).await?;
    Ok(changed(&model, model.revision()?, &context))
}
