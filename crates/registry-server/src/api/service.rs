//! About the server itself: health, metrics, its description, who calls.

use axum::Extension;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use registry_core::Timestamp;
use serde::Serialize;

use super::{By, Shared};
use crate::access::Role;
use crate::http::answer::{Answer, json};
use crate::http::extract::JSON;
use crate::metrics::process;
use crate::schema;
use crate::webhooks::BACKLOG;

/// Whether the server runs
#[utoipa::path(get, path = "/healthz", tag = "server", operation_id = "check_health", security(()),
    responses((status = 200, body = schema::Health)))]
pub(crate) async fn healthz() -> Response {
    json(&serde_json::json!({ "status": "ok" }))
}

/// Whether the server can read its registry
#[utoipa::path(get, path = "/readyz", tag = "server", operation_id = "check_readiness", security(()),
    responses((status = 200, body = schema::Health), (status = 503, body = schema::Health)))]
pub(crate) async fn readyz(State(app): Shared) -> Response {
    match app.store.settings().await {
        Ok(_) => json(&serde_json::json!({ "status": "ok" })),
        Err(error) => {
            let cause = error.to_string();
            tracing::warn!(cause, code = error.code(), "not ready");
            let body = json(&serde_json::json!({ "status": "unavailable" }));
            (StatusCode::SERVICE_UNAVAILABLE, body).into_response()
        }
    }
}

/// Counters and latencies, as Prometheus reads them
#[utoipa::path(get, path = "/metrics", tag = "server", operation_id = "get_server_metrics",
    responses((status = 200, body = String, content_type = "text/plain; version=0.0.4")))]
pub(crate) async fn metrics(State(app): Shared) -> Response {
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    let streams = app.limits.streams.saturating_sub(app.streams.available_permits());
    let now = Timestamp::now();
    let backlog = match app.store.webhook_queue() {
        Some(queue) => queue.backlog(now, BACKLOG).await.ok(),
        None => None,
    };
    let text = [
        app.metrics.text(streams, app.kept.used()),
        app.calls.text(&app.store.pools()),
        app.sent.text(backlog.as_ref(), now),
        process(),
    ];
    ([(header::CONTENT_TYPE, kind)], text.concat()).into_response()
}

/// This description
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "server", operation_id = "get_description", security(()),
    responses((status = 200, body = Object)))]
pub(crate) async fn openapi() -> Response {
    ([(header::CONTENT_TYPE, JSON)], crate::openapi::text()).into_response()
}

#[derive(Serialize)]
struct WhoAmI<'a> {
    name: &'a registry_core::Actor,
    roles: &'a [Role],
    names: Option<&'a str>,
    tags: Option<&'a [registry_core::TagName]>,
    expires_at: Option<registry_core::Timestamp>,
}

/// Who the caller is, and what they may do
#[utoipa::path(get, path = "/api/v1/whoami", tag = "server", operation_id = "whoami",
    responses((status = 200, body = schema::WhoAmI)))]
pub(crate) async fn whoami(Extension(caller): By) -> Answer {
    let token = caller.token();
    Ok(json(&WhoAmI {
        name: caller.actor(),
        roles: token.map_or(&[Role::Admin], |token| &token.roles),
        names: token.and_then(|token| token.names.as_deref()),
        tags: token.and_then(|token| token.tags.as_deref()),
        expires_at: token.and_then(|token| token.expires_at),
    }))
}
