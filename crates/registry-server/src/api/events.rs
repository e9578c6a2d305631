//! `/events`: what happened.

use axum::extract::State;
use axum::http::Uri;
use registry_core::{EventId, HistoryQuery, Limit, ModelId, ModelName, TagName};
use serde::Deserialize;
use utoipa::IntoParams;

use super::Shared;
use super::query::limit;
use crate::http::answer::{Answer, page};
use crate::http::extract::Parameters;
use crate::schema;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct EventParameters {
    /// Only of this model, deleted ones included
    model_id: Option<i64>,
    /// Only of models of this name
    name: Option<String>,
    /// Only with this tag
    tag: Option<String>,
    /// How many to a page
    limit: Option<u32>,
    /// Only events before this one: the `next` of the page before
    before: Option<i64>,
}

/// What happened, newest first
#[utoipa::path(get, path = "/api/v1/events", tag = "history", params(EventParameters),
    responses((status = 200, body = schema::EventPage, headers(("Link" = String)))))]
pub(crate) async fn list(
    State(app): Shared,
    uri: Uri,
    Parameters(asked): Parameters<EventParameters>,
) -> Answer {
    let query = HistoryQuery {
        model: asked.model_id.map(ModelId::try_from).transpose()?,
        name: asked.name.map(ModelName::parse).transpose()?,
        tag: asked.tag.map(TagName::parse).transpose()?,
        limit: Limit::AtMost(limit(asked.limit, app.limits.page)?),
        before: asked.before.map(EventId),
    };
    let found = app.store.history(&query).await?;
    let next = found.next.map(|next| next.to_string());
    let document = serde_json::json!({ "events": found.items, "next": found.next });
    Ok(page(&document, &uri, "before", next.as_deref()))
}
