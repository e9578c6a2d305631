//! `/webhooks/{id}/deliveries`, `/webhooks/deliveries`: what was sent and what waits, and sending it again.

use axum::Extension;
use axum::extract::State;
use axum::http::Uri;
use registry_core::webhook::{DeliveryQuery, DeliveryStatus, Replay};
use registry_core::{DeliveryId, Limit, Timestamp, WebhookId};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::query::limit;
use super::webhooks::{check_unlimited, context, id};
use super::{By, Shared, WriteParameters};
use crate::app::App;
use crate::http::answer::{Answer, json, page, written};
use crate::http::extract::{JsonBody, Parameters, Segments};
use crate::http::problem::Problem;
use crate::schema;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeliveryParameters {
    /// Only of this status: `pending`, `delivered` or `dead`
    #[param(inline, value_type = Option<schema::Outcome>)]
    status: Option<String>,
    /// How many to a page
    #[param(maximum = 1000)]
    limit: Option<u32>,
    /// Only deliveries before this one: the `next` of the page before
    before: Option<i64>,
}

/// What was sent to a webhook or waits, newest first
#[utoipa::path(get, path = "/api/v1/webhooks/{id}/deliveries", tag = "webhooks",
    operation_id = "list_deliveries_of_webhook",
    params(("id" = i64, Path, minimum = 1), DeliveryParameters),
    responses((status = 200, body = schema::DeliveryPage, headers(("Link" = String)))))]
pub(crate) async fn of_webhook(
    State(app): Shared,
    Extension(caller): By,
    uri: Uri,
    Segments(webhook): Segments<String>,
    Parameters(asked): Parameters<DeliveryParameters>,
) -> Answer {
    check_unlimited(&caller)?;
    // One that is not there has no empty list.
    let webhook = app.store.webhooks().get(id(&webhook)?).await?.id;
    found(&app, Some(webhook), &asked, &uri).await
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AllDeliveryParameters {
    /// Only of this webhook
    webhook_id: Option<i64>,
    /// Only of this status: `pending`, `delivered` or `dead`
    #[param(inline, value_type = Option<schema::Outcome>)]
    status: Option<String>,
    /// How many to a page
    #[param(maximum = 1000)]
    limit: Option<u32>,
    /// Only deliveries before this one: the `next` of the page before
    before: Option<i64>,
}

/// What was sent to any webhook or waits, newest first
#[utoipa::path(get, path = "/api/v1/webhooks/deliveries", tag = "webhooks", operation_id = "list_deliveries",
    params(AllDeliveryParameters),
    responses((status = 200, body = schema::DeliveryPage, headers(("Link" = String)))))]
pub(crate) async fn list(
    State(app): Shared,
    Extension(caller): By,
    uri: Uri,
    Parameters(asked): Parameters<AllDeliveryParameters>,
) -> Answer {
    check_unlimited(&caller)?;
    let webhook = asked.webhook_id.map(WebhookId::try_from).transpose()?;
    let AllDeliveryParameters {
        status,
        limit,
        before,
        ..
    } = asked;
    let asked = DeliveryParameters {
        status,
        limit,
        before,
    };
    found(&app, webhook, &asked, &uri).await
}

async fn found(app: &App, webhook: Option<WebhookId>, asked: &DeliveryParameters, uri: &Uri) -> Answer {
    let status = asked.status.as_deref().map(str::parse::<DeliveryStatus>);
    let query = DeliveryQuery {
        webhook,
        status: status.transpose()?,
        limit: Limit::AtMost(limit(asked.limit, app.limits.page)?),
        before: asked.before.map(DeliveryId::try_from).transpose()?,
    };
    let found = app.store.webhooks().deliveries(&query).await?;
    let next = found.next.map(|next| next.to_string());
    let document = serde_json::json!({ "deliveries": found.items, "next": found.next });
    Ok(page(&document, uri, "before", next.as_deref()))
}

/// A delivery with every attempt
#[utoipa::path(get, path = "/api/v1/webhooks/deliveries/{id}", tag = "webhooks", operation_id = "get_delivery",
    params(("id" = i64, Path, minimum = 1)),
    responses((status = 200, body = schema::DeliveryDetail)))]
pub(crate) async fn get(
    State(app): Shared,
    Extension(caller): By,
    Segments(delivery): Segments<String>,
) -> Answer {
    check_unlimited(&caller)?;
    Ok(json(
        &app.store.webhooks().delivery(delivery_id(&delivery)?).await?,
    ))
}

fn delivery_id(text: &str) -> Result<DeliveryId, Problem> {
    Ok(text.parse()?)
}

/// Which deliveries to send again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReplayDeliveries {
    /// All that are finished and were made at this time or later, delivered ones too [default: those that were given up]
    #[schema(format = DateTime)]
    since: Option<String>,
}

/// Sends a webhook again what was given up, or everything since a time
///
/// Each message keeps its id, so that a receiver knows it again.
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/replay", tag = "webhooks", operation_id = "replay_deliveries",
    params(("id" = i64, Path, minimum = 1), WriteParameters),
    request_body = ReplayDeliveries, responses((status = 200, body = schema::Replayed)))]
pub(crate) async fn replay(
    State(app): Shared,
    Extension(caller): By,
    Segments(webhook): Segments<String>,
    Parameters(write): Parameters<WriteParameters>,
    JsonBody(body): JsonBody<ReplayDeliveries>,
) -> Answer {
    let context = context(&caller, write)?;
    let webhook = id(&webhook)?;
    let replay = match body.since {
        Some(since) => Replay::Since(webhook, Timestamp::parse(&since)?),
        None => Replay::Dead(webhook),
    };
    let replayed = app.store.webhooks().replay(&context, replay).await?;
    Ok(written(replayed, context.dry_run))
}

/// Sends a delivery again, whatever became of it
#[utoipa::path(post, path = "/api/v1/webhooks/deliveries/{id}/replay", tag = "webhooks",
    operation_id = "replay_delivery",
    params(("id" = i64, Path, minimum = 1), WriteParameters), responses((status = 200, body = schema::Replayed)))]
pub(crate) async fn replay_one(
    State(app): Shared,
    Extension(caller): By,
    Segments(delivery): Segments<String>,
    Parameters(write): Parameters<WriteParameters>,
) -> Answer {
    let context = context(&caller, write)?;
    let replay = Replay::Delivery(delivery_id(&delivery)?);
    let replayed = app.store.webhooks().replay(&context, replay).await?;
    Ok(written(replayed, context.dry_run))
}
