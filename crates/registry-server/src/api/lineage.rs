//! `/models/{id}/lineage`: where a model came from and what came from it.

use axum::extract::State;
use registry_core::LineageScope;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{Shared, id};
use crate::http::answer::{Answer, json};
use crate::http::extract::{Parameters, Segments};
use crate::schema;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct LineageParameters {
    /// `ancestors`, `descendants` or `family` [default: ancestors]
    #[param(inline, value_type = Option<schema::Relatives>)]
    scope: Option<String>,
}

/// A model with its ancestors, descendants or family
#[utoipa::path(get, path = "/api/v1/models/{id}/lineage", tag = "models", operation_id = "get_lineage",
    params(("id" = i64, Path, minimum = 1), LineageParameters),
    responses((status = 200, body = schema::Lineage)))]
pub(crate) async fn get(
    State(app): Shared,
    Segments(model): Segments<String>,
    Parameters(asked): Parameters<LineageParameters>,
) -> Answer {
    let scope = asked.scope.map(|scope| scope.parse()).transpose()?;
    let scope: LineageScope = scope.unwrap_or_default();
    Ok(json(&app.store.lineage(id(&model)?, scope).await?))
}
