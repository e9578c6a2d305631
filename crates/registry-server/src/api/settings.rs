//! `/settings`: what holds for everyone who uses the registry.

use axum::Extension;
use axum::extract::State;
use registry_core::PromotionScope;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{By, Shared, WriteParameters};
use crate::http::answer::{Answer, json, written};
use crate::http::extract::{JsonBody, Parameters};
use crate::http::problem::Problem;
use crate::schema;

/// The registry's settings
#[utoipa::path(get, path = "/api/v1/settings", tag = "settings", operation_id = "get_settings",
    responses((status = 200, body = schema::Settings)))]
pub(crate) async fn get(State(app): Shared) -> Answer {
    Ok(json(&app.store.settings().await?))
}

/// The settings to change.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettingsUpdate {
    /// From whom a promotion takes the tag when it doesn't say: `registry`, `name` or `none`
    #[serde(rename = "promotion-scope")]
    #[schema(value_type = schema::Scope)]
    promotion_scope: String,
}

/// Changes the registry's settings
#[utoipa::path(patch, path = "/api/v1/settings", tag = "settings", operation_id = "update_settings",
    params(WriteParameters),
    request_body = SettingsUpdate, responses((status = 200, body = schema::Settings)))]
pub(crate) async fn update(
    State(app): Shared,
    Extension(caller): By,
    Parameters(write): Parameters<WriteParameters>,
    JsonBody(body): JsonBody<SettingsUpdate>,
) -> Answer {
    if caller.is_limited_to_names() {
        return Err(Problem::forbidden(
            "settings hold for every name, and the token is limited to some",
        ));
    }
    let scope: PromotionScope = body.promotion_scope.parse()?;
    let context = caller.context(write.reason, write.dry_run)?;
    let settings = app.store.set_promotion_scope(&context, scope).await?;
    Ok(written(settings, write.dry_run))
}
