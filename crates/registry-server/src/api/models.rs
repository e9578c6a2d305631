//! `/models/{id}`: one model.

use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;
use registry_core::document::DeletionDocument;
use registry_core::{RegistryStoreExt as _, Selector, Status};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{By, Shared, WriteParameters, check_holder, check_model, id};
use crate::http::answer::{Answer, changed, json, revised, written};
use crate::http::extract::{Parameters, Segments};
use crate::http::problem::Problem;
use crate::schema;

/// A model by its id
///
/// Retired models too. `ETag` is made from the content; `If-None-Match` answers 304 when it is the same.
#[utoipa::path(get, path = "/api/v1/models/{id}", tag = "models", operation_id = "get_model",
    params(("id" = i64, Path, minimum = 1)),
    responses((status = 200, body = schema::Model, headers(("ETag" = String))), (status = 304)))]
pub(crate) async fn get(State(app): Shared, Segments(model): Segments<String>, headers: HeaderMap) -> Answer {
    let model = app.store.get(&Selector::Id(id(&model)?)).await?;
    revised(&model, &headers)
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ManyParameters {
    /// Ids with commas
    ids: String,
}

/// Models by their ids
///
/// In the order asked; `null` where there is none.
#[utoipa::path(get, path = "/api/v1/models/by-id", tag = "models", operation_id = "get_models_by_ids",
    params(ManyParameters),
    responses((status = 200, body = schema::Models)))]
pub(crate) async fn get_many(State(app): Shared, Parameters(asked): Parameters<ManyParameters>) -> Answer {
    let ids = asked.ids.split(',').filter(|id| !id.is_empty());
    let ids = ids.map(id).collect::<Result<Vec<_>, _>>()?;
    if ids.len() > usize::try_from(app.limits.page).unwrap_or(usize::MAX) {
        return Err(Problem::bad_request(format!(
            "{} ids are more than {}, the most of one page",
            ids.len(),
            app.limits.page
        )));
    }
    let models = app.store.get_many(&ids).await?;
    Ok(json(&serde_json::json!({ "models": models })))
}

/// Takes a model out of use
///
/// Nothing is lost; its tags stay, but it is not found by them.
#[utoipa::path(post, path = "/api/v1/models/{id}/retire", tag = "models", operation_id = "retire_model",
    params(("id" = i64, Path, minimum = 1), WriteParameters),
    responses((status = 200, body = schema::Model)))]
pub(crate) async fn retire(
    app: Shared,
    caller: By,
    model: Segments<String>,
    write: Parameters<WriteParameters>,
) -> Answer {
    set_status(app, caller, model, write, Status::Retired).await
}

/// Brings a retired model back
#[utoipa::path(post, path = "/api/v1/models/{id}/restore", tag = "models", operation_id = "restore_model",
    params(("id" = i64, Path, minimum = 1), WriteParameters),
    responses((status = 200, body = schema::Model)))]
pub(crate) async fn restore(
    app: Shared,
    caller: By,
    model: Segments<String>,
    write: Parameters<WriteParameters>,
) -> Answer {
    set_status(app, caller, model, write, Status::Active).await
}

async fn set_status(
    State(app): Shared,
    Extension(caller): By,
    Segments(model): Segments<String>,
    Parameters(write): Parameters<WriteParameters>,
    status: Status,
) -> Answer {
    let model = id(&model)?;
    let context = caller.context(write.reason, write.dry_run)?;
    check_holder(&app, &caller, model).await?;
    let model = app.store.set_status(&context, model, status).await?;
    Ok(changed(&model, model.revision()?, &context))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeleteParameters {
    /// Also when it has tags or children: the tags go with it, the children lose their parent
    #[serde(default)]
    force: bool,
    /// Why; kept in the history
    #[param(inline, value_type = Option<schema::Reason>)]
    reason: Option<String>,
    /// Answer as usual and change nothing
    #[serde(default)]
    dry_run: bool,
}

/// Deletes a model
///
/// Its history stays, its id and ordinal are not used again, its files are not touched.
#[utoipa::path(delete, path = "/api/v1/models/{id}", tag = "models", operation_id = "delete_model",
    params(("id" = i64, Path, minimum = 1), DeleteParameters),
    responses((status = 200, body = schema::Deletion)))]
pub(crate) async fn delete(
    State(app): Shared,
    Extension(caller): By,
    Segments(model): Segments<String>,
    Parameters(write): Parameters<DeleteParameters>,
) -> Answer {
    let model = id(&model)?;
    let context = caller.context(write.reason, write.dry_run)?;
    check_model(&app, &caller, model).await?;
    let deletion = app.store.delete(&context, model, write.force).await?;
    Ok(written(DeletionDocument::from(&deletion), write.dry_run))
}
