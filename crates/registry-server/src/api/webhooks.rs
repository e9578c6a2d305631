//! `/webhooks`: who is told of events. For admins: what is sent names models of every team.

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use registry_core::webhook::{NewWebhook, Webhook, WebhookFilter, WebhookSecret, WebhookUpdate, WebhookUrl};
use registry_core::{EventKind, Timestamp, WebhookId, WebhookName, WriteContext};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{By, Shared, WriteParameters};
use crate::access::Caller;
use crate::http::answer::{Answer, changed, json, put, revised, written};
use crate::http::extract::{JsonBody, Parameters, Segments};
use crate::http::problem::Problem;
use crate::schema;
use crate::webhooks::random_secret;

/// Webhooks tell of every name.
pub(crate) fn check_unlimited(caller: &Caller) -> Result<(), Problem> {
    if caller.is_limited_to_names() {
        return Err(Problem::forbidden(
            "webhooks tell of every name, and the token is limited to some",
        ));
    }
    Ok(())
}

/// The context of a write to webhooks.
pub(super) fn context(caller: &Caller, write: WriteParameters) -> Result<WriteContext, Problem> {
    check_unlimited(caller)?;
    caller.context(write.reason, write.dry_run)
}

/// A webhook's id, as it stands in a path.
pub(super) fn id(text: &str) -> Result<WebhookId, Problem> {
    Ok(text.parse()?)
}

/// A webhook as it was made, with what is shown once.
#[derive(Serialize)]
struct WithSecret {
    #[serde(flatten)]
    webhook: Webhook,
    secret: Option<String>,
}

/// The secret is shown where it is the webhook's: not in a rehearsal, nor where the first request made another.
fn with_secret(webhook: Webhook, secret: &WebhookSecret, context: &WriteContext) -> Answer {
    let is_new = !context.dry_run && !context.is_replayed();
    let revision = webhook.revision()?;
    let secret = is_new.then(|| secret.reveal());
    let mut response = changed(WithSecret { webhook, secret }, revision, context);
    put(&mut response, header::CACHE_CONTROL, "no-store");
    Ok(response)
}

/// The caller's secret, or a new one.
fn secret(given: Option<&str>) -> Result<WebhookSecret, Problem> {
    match given {
        Some(given) => Ok(WebhookSecret::parse(given)?),
        None => Ok(random_secret()?),
    }
}

fn filter(given: schema::WebhookFilter) -> Result<WebhookFilter, Problem> {
    let kinds = given.kinds.iter().map(|kind| kind.parse());
    let kinds: Vec<EventKind> = kinds.collect::<Result<_, _>>()?;
    Ok(WebhookFilter::new(kinds, given.names, given.tags)?)
}

/// Every webhook, without its secret
#[utoipa::path(get, path = "/api/v1/webhooks", tag = "webhooks", operation_id = "list_webhooks",
    responses((status = 200, body = schema::Webhooks)))]
pub(crate) async fn list(State(app): Shared, Extension(caller): By) -> Answer {
    check_unlimited(&caller)?;
    let webhooks = app.store.webhooks().list().await?;
    Ok(json(&serde_json::json!({ "webhooks": webhooks })))
}

/// Every webhook, with how its deliveries are
#[utoipa::path(get, path = "/api/v1/webhooks/standings", tag = "webhooks", operation_id = "list_webhook_standings",
    responses((status = 200, body = schema::WebhookStandings)))]
pub(crate) async fn standings(State(app): Shared, Extension(caller): By) -> Answer {
    check_unlimited(&caller)?;
    let webhooks = app.store.webhooks().standings().await?;
    Ok(json(&serde_json::json!({ "webhooks": webhooks })))
}

/// A webhook to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateWebhook {
    /// Its name; no other webhook has it
    #[schema(value_type = schema::Line)]
    name: String,
    /// Where messages go: `https://` or `http://`, without a user
    #[schema(pattern = "^[hH][tT][tT][pP][sS]?://")]
    url: String,
    /// Which events it is told of [default: all]
    filter: Option<schema::WebhookFilter>,
    /// Whether it is on from the beginning [default: true]
    enabled: Option<bool>,
    /// What messages are signed with: `whsec_` and 24 to 64 bytes as base64 [default: a new one]
    #[schema(pattern = "^whsec_[A-Za-z0-9+/]{32,86}={0,2}$")]
    secret: Option<String>,
}

/// Makes a webhook
///
/// It is told of the events from then on. The answer shows its secret, once.
#[utoipa::path(post, path = "/api/v1/webhooks", tag = "webhooks", operation_id = "create_webhook",
    params(WriteParameters),
    request_body = CreateWebhook, responses((status = 200, body = schema::CreatedWebhook)))]
pub(crate) async fn create(
    State(app): Shared,
    Extension(caller): By,
    Parameters(write): Parameters<WriteParameters>,
    JsonBody(body): JsonBody<CreateWebhook>,
) -> Answer {
    let context = context(&caller, write)?;
    let secret = secret(body.secret.as_deref())?;
    let webhook = NewWebhook::new(WebhookName::parse(body.name)?, WebhookUrl::parse(body.url)?)
        .filter(filter(body.filter.unwrap_or_default())?)
        .enabled(body.enabled.unwrap_or(true));
    let webhook = app
        .store
        .webhooks()
        .create(&context, webhook, secret.clone())
        .await?;
    with_secret(webhook, &secret, &context)
}

/// A webhook, without its secret
#[utoipa::path(get, path = "/api/v1/webhooks/{id}", tag = "webhooks", operation_id = "get_webhook",
    params(("id" = i64, Path, minimum = 1)),
    responses((status = 200, body = schema::Webhook)))]
pub(crate) async fn get(
    State(app): Shared,
    Extension(caller): By,
    Segments(webhook): Segments<String>,
    headers: HeaderMap,
) -> Answer {
    check_unlimited(&caller)?;
    revised(&app.store.webhooks().get(id(&webhook)?).await?, &headers)
}

/// What to change of a webhook; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateWebhook {
    /// Another name
    #[schema(value_type = Option<schema::Line>)]
    name: Option<String>,
    /// Another address; what waits goes there
    url: Option<String>,
    /// Other events, from now on
    filter: Option<schema::WebhookFilter>,
    /// On or off
    enabled: Option<bool>,
}

/// Changes a webhook
///
/// One that is turned on is told of the events from then on; what waited goes on.
#[utoipa::path(patch, path = "/api/v1/webhooks/{id}", tag = "webhooks", operation_id = "update_webhook",
    params(("id" = i64, Path, minimum = 1), WriteParameters),
    request_body = UpdateWebhook, responses((status = 200, body = schema::Webhook)))]
pub(crate) async fn update(
    State(app): Shared,
    Extension(caller): By,
    Segments(webhook): Segments<String>,
    Parameters(write): Parameters<WriteParameters>,
    JsonBody(body): JsonBody<UpdateWebhook>,
) -> Answer {
    let context = context(&caller, write)?;
    let update = WebhookUpdate {
        name: body.name.map(WebhookName::parse).transpose()?,
        url: body.url.map(WebhookUrl::parse).transpose()?,
        filter: body.filter.map(filter).transpose()?,
        enabled: body.enabled,
    };
    let webhook = app
        .store
        .webhooks()
        .update(&context, id(&webhook)?, update)
        .await?;
    let revision = webhook.revision()?;
    Ok(changed(webhook, revision, &context))
}

/// Deletes a webhook with its deliveries
#[utoipa::path(delete, path = "/api/v1/webhooks/{id}", tag = "webhooks", operation_id = "delete_webhook",
    params(("id" = i64, Path, minimum = 1), WriteParameters),
    responses((status = 200, body = schema::Webhook)))]
pub(crate) async fn delete(
    State(app): Shared,
    Extension(caller): By,
    Segments(webhook): Segments<String>,
    Parameters(write): Parameters<WriteParameters>,
) -> Answer {
    let context = context(&caller, write)?;
    let webhook = app.store.webhooks().delete(&context, id(&webhook)?).await?;
    Ok(written(webhook, context.dry_run))
}

/// A change of a secret.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RotateSecret {
    /// The new one: `whsec_` and 24 to 64 bytes as base64 [default: a random one]
    #[schema(pattern = "^whsec_[A-Za-z0-9+/]{32,86}={0,2}$")]
    secret: Option<String>,
    /// Until when messages are signed with the present one too [default: for a day]
    #[schema(format = DateTime)]
    old_until: Option<String>,
}

/// Gives a webhook another secret
///
/// Messages are signed with both for a while, so that the receiver can change over. The answer shows the new one, once.
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/rotate", tag = "webhooks", operation_id = "rotate_webhook_secret",
    params(("id" = i64, Path, minimum = 1), WriteParameters),
    request_body = RotateSecret, responses((status = 200, body = schema::CreatedWebhook)))]
pub(crate) async fn rotate(
    State(app): Shared,
    Extension(caller): By,
    Segments(webhook): Segments<String>,
    Parameters(write): Parameters<WriteParameters>,
    JsonBody(body): JsonBody<RotateSecret>,
) -> Answer {
    let context = context(&caller, write)?;
    let secret = secret(body.secret.as_deref())?;
    let old_until = match body.old_until {
        Some(until) => Timestamp::parse(&until)?,
        None => WebhookSecret::old_until(context.at),
    };
    let (webhooks, id) = (app.store.webhooks(), id(&webhook)?);
    let webhook = webhooks
        .rotate_secret(&context, id, secret.clone(), old_until)
        .await?;
    with_secret(webhook, &secret, &context)
}

/// Sends a webhook a message that tells of nothing
///
/// It waits like every other; the delivery says what became of it.
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/test", tag = "webhooks", operation_id = "test_webhook",
    params(("id" = i64, Path, minimum = 1), WriteParameters), responses((status = 200, body = schema::Delivery)))]
pub(crate) async fn test(
    State(app): Shared,
    Extension(caller): By,
    Segments(webhook): Segments<String>,
    Parameters(write): Parameters<WriteParameters>,
) -> Answer {
    let context = context(&caller, write)?;
    let delivery = app.store.webhooks().test(&context, id(&webhook)?).await?;
    Ok(written(delivery, context.dry_run))
}
