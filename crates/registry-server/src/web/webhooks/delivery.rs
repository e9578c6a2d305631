//! One delivery: what it tells, each attempt, and sending it again.

use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, html};
use registry_core::webhook::{Attempt, Delivery, DeliveryDetail, DeliveryStatus, Replay};
use registry_core::{DeliveryId, Event, EventId, HistoryQuery, Limit};
use serde::Deserialize;

use super::super::activity::events;
use super::super::form::{Posted, csrf};
use super::super::layout::Page;
use super::super::parts::{cut, second};
use super::super::{Answer, Looking};
use super::one::{switch, what};
use super::{CHARACTERS, address, key, manager, once, status};
use crate::api::Shared;
use crate::app::App;
use crate::http::extract::Segments;
use crate::http::problem::Problem;

/// How many attempts are shown, the latest.
const ATTEMPTS: usize = 50;
/// How long the answer to a form waits for an attempt, so that its page shows what came of it.
const WAIT: Duration = Duration::from_secs(2);
/// How often it looks.
const BEAT: Duration = Duration::from_millis(50);

/// Shows the page.
pub(crate) async fn show(
    State(app): Shared,
    Extension(visitor): Looking,
    Segments(id): Segments<String>,
) -> Answer {
    manager(&visitor)?;
    let webhooks = app.store.webhooks();
    let detail = webhooks.delivery(id.parse()?).await?;
    let delivery = &detail.delivery;
    let webhook = webhooks.get(delivery.webhook).await?;
    let told = match delivery.event {
        Some(id) => event(&app, id).await?,
        None => None,
    };
    let here = format!("/webhooks/deliveries/{}", delivery.id);
    let waits = delivery.status == DeliveryStatus::Pending;
    let body = html! {
        h1 { "Delivery " (delivery.id) " " (status(delivery.status)) }
        dl {
            dt { "Webhook" } dd { a href=(address(&webhook)) { (cut(webhook.name.as_str(), CHARACTERS)) } " → " (cut(webhook.url.origin(), CHARACTERS)) }
            dt { "Message" } dd { code { "msg_" (delivery.id) } }
            dt { "Made" } dd { (second(delivery.created_at)) }
            (next(delivery, webhook.enabled))
        }
        div.verbs {
            @if !webhook.enabled { (switch(&visitor, &webhook)) }
            @if webhook.enabled || !waits {
                form method="post" action={ (here) "/replay" } {
                    (csrf(&visitor))
                    (once())
                    button class=[(!webhook.enabled).then_some("plain")] type="submit" { @if waits { "Try it now" } @else { "Send it again" } }
                }
            }
            @if waits { a href=(here) { "Look again" } }
        }
        section aria-labelledby="tells" {
            h2 #tells { "What it tells" }
            @match &told {
                Some(event) => { (events(std::slice::from_ref(event), true)) }
                None if delivery.event.is_none() => { p { "Nothing: it is a test." } }
                None => { p { (what(delivery)) } }
            }
        }
        (attempts(&detail))
    };
    let title = format!("Delivery {}", delivery.id);
    Ok(Page::new(&title, &visitor).at("/webhooks").show(&body))
}

/// The event of this number.
async fn event(app: &App, id: EventId) -> Result<Option<Event>, Problem> {
    let query = HistoryQuery {
        limit: Limit::AtMost(1),
        before: Some(EventId(id.0.saturating_add(1))),
        ..HistoryQuery::default()
    };
    let found = app.store.history(&query).await?.items;
    Ok(found.into_iter().find(|event| event.id == id))
}

/// What happens next, or when it ended.
fn next(delivery: &Delivery, enabled: bool) -> Markup {
    html! {
        @match (delivery.status, delivery.next_attempt_at) {
            (DeliveryStatus::Delivered, _) => { dt { "Delivered" } dd { (ended(delivery)) } }
            (DeliveryStatus::Dead, _) => { dt { "Given up" } dd { (ended(delivery)) " after " (delivery.failures) " failed attempts" } }
            (DeliveryStatus::Pending, _) if !enabled => { dt { "Next attempt" } dd { "when the webhook is turned on" } }
            (DeliveryStatus::Pending, Some(at)) => { dt { "Next attempt" } dd { (second(at)) } }
            (DeliveryStatus::Pending, None) => { dt { "Next attempt" } dd { "after the one before it about the same model" } }
        }
    }
}

fn ended(delivery: &Delivery) -> Markup {
    html! { @if let Some(at) = delivery.finished_at { (second(at)) } }
}

fn attempts(detail: &DeliveryDetail) -> Markup {
    let hidden = detail.history.len().saturating_sub(ATTEMPTS);
    html! {
        section aria-labelledby="attempts" {
            h2 #attempts { "Attempts" }
            @if detail.history.is_empty() {
                p.quiet { "It was not tried yet. A server over this registry sends it." }
            } @else {
                @if hidden > 0 { p.quiet { "The latest " (ATTEMPTS) " of " (detail.history.len()) "." } }
                div.wide tabindex="0" role="region" aria-label="List of attempts" {
                    table.cards {
                        thead { tr { @for heading in ["When", "Took", "Status", "What was said"] { th scope="col" { (heading) } } } }
                        tbody { @for attempt in detail.history.iter().skip(hidden) { (row(attempt)) } }
                    }
                }
            }
        }
    }
}

fn row(attempt: &Attempt) -> Markup {
    html! {
        tr {
            th scope="row" { (second(attempt.at)) }
            td data-label="Took" { (attempt.duration.as_millis()) " ms" }
            td data-label="Status" {
                @match attempt.status { Some(status) => { (status) } None => { span.quiet { "no answer" } } }
            }
            td data-label="What was said" {
                @match &attempt.error { Some(error) => { (error) } None => { "received" } }
            }
        }
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Again {
    key: Option<String>,
}

/// Sends one again.
pub(crate) async fn replay(
    State(app): Shared,
    Extension(visitor): Looking,
    Segments(id): Segments<String>,
    Posted(again): Posted<Again>,
) -> Answer {
    let mut context = manager(&visitor)?.context(None, false)?;
    if let Some(key) = key(again.key.as_deref())? {
        context = context.idempotency_key(key);
    }
    let (webhooks, id) = (app.store.webhooks(), id.parse()?);
    let before = webhooks.delivery(id).await?.delivery.attempts;
    webhooks.replay(&context, Replay::Delivery(id)).await?;
    after_an_attempt(&app, id, before).await
}

/// The page of a delivery, once there were more attempts than so many or a moment is over.
pub(super) async fn after_an_attempt(app: &App, id: DeliveryId, before: u32) -> Answer {
    let tried = async {
        while app.store.webhooks().delivery(id).await?.delivery.attempts <= before {
            tokio::time::sleep(BEAT).await;
        }
        Ok::<(), Problem>(())
    };
    // One that takes longer is looked at again by whoever waits for it.
    tokio::time::timeout(WAIT, tried).await.unwrap_or(Ok(()))?;
    Ok(to(id))
}

fn to(id: DeliveryId) -> Response {
    Redirect::to(&format!("/webhooks/deliveries/{id}")).into_response()
}
