//! One webhook: what it is, what was sent and what waits, and what can be done about it.

use axum::Extension;
use axum::extract::State;
use maud::{Markup, html};
use registry_core::webhook::{Delivery, DeliveryQuery, DeliveryStatus, Webhook};
use registry_core::{DeliveryId, Limit, Page as Part, Revision, Timestamp, WebhookId};
use serde::Deserialize;

use super::super::form::{Mistake, csrf};
use super::super::guard::Visitor;
use super::super::layout::Page;
use super::super::parts::{cut, model_link, tag_link, time, with};
use super::super::{Answer, Looking};
use super::list::count;
use super::secret::{Old, rotation};
use super::settings::{Filled, fields};
use super::{CHARACTERS, address, last_answer, made_of, manager, once, state, status, told_of};
use crate::api::Shared;
use crate::http::extract::{Parameters, Segments};
use crate::http::problem::Problem;

/// How many deliveries a page has.
const DELIVERIES: u32 = 25;
/// How much of the list of what a webhook is told of is shown.
const FILTER: usize = 1_000;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    status: Option<String>,
    before: Option<String>,
}

impl Asked {
    fn status(&self) -> Result<Option<DeliveryStatus>, Problem> {
        let given = self.status.as_deref().filter(|status| !status.is_empty());
        Ok(given.map(str::parse).transpose()?)
    }

    fn before(&self) -> Result<Option<DeliveryId>, Problem> {
        let given = self.before.as_deref().filter(|before| !before.is_empty());
        Ok(given.map(str::parse).transpose()?)
    }
}

/// Shows the page.
pub(crate) async fn show(
    State(app): Shared,
    Extension(visitor): Looking,
    Segments(id): Segments<String>,
    Parameters(asked): Parameters<Asked>,
) -> Answer {
    manager(&visitor)?;
    let webhooks = app.store.webhooks();
    let webhook = webhooks.get(id.parse()?).await?;
    let wanted = asked.status()?;
    let query = DeliveryQuery {
        webhook: Some(webhook.id),
        status: wanted,
        limit: Limit::AtMost(DELIVERIES),
        before: asked.before()?,
    };
    let found = webhooks.deliveries(&query).await?;
    let waiting = count(webhooks, webhook.id, DeliveryStatus::Pending).await?;
    let dead = count(webhooks, webhook.id, DeliveryStatus::Dead).await?;
    let body = html! {
        h1 { (cut(webhook.name.as_str(), 2 * CHARACTERS)) " " (state(&webhook)) }
        (notice(&webhook))
        (facts(&webhook, &waiting, &dead))
        (verbs(&visitor, &webhook))
        section aria-labelledby="deliveries" {
            h2 #deliveries { "Deliveries" }
            (choices(&webhook, wanted))
            (deliveries(&webhook, &found, wanted))
            @if dead != "0" { (again(&visitor, &webhook, &dead)) }
        }
        (forms(&visitor, &webhook, webhook.revision()?))
    };
    let title = format!("Webhook {}", webhook.name);
    Ok(Page::new(&title, &visitor).at("/webhooks").show(&body))
}

/// Why nothing is sent.
fn notice(webhook: &Webhook) -> Markup {
    html! {
        @if let Some(at) = webhook.gone_at {
            div.notice.bad role="status" {
                p { "The receiver answered 410 on " (time(at)) ": it is gone for good, so nothing is sent any more." }
                p { "What waits goes on when somebody turns the webhook on again; what happens until then it is not told of." }
            }
        } @else if !webhook.enabled {
            div.notice role="status" {
                p { "It is off. What happens now it is not told of; what waits goes on when it is turned on again." }
            }
        }
    }
}

fn facts(webhook: &Webhook, waiting: &str, dead: &str) -> Markup {
    let now = Timestamp::now();
    html! {
        dl {
            dt { "Sends to" } dd { code { (webhook.url) } }
            dt { "Told of" } dd { (told_of(&webhook.filter, FILTER)) }
            dt { "Waiting" } dd { (waiting) }
            dt { "Given up" } dd { (dead) }
            @if let Some(until) = webhook.old_secret_until.filter(|until| *until > now) {
                dt { "Signed" } dd { "with the secret before too, until " (time(until)) }
            }
            dt { "Made" } dd { (time(webhook.created_at)) " by " (webhook.created_by) }
            @if webhook.updated_at != webhook.created_at {
                dt { "Changed" } dd { (time(webhook.updated_at)) " by " (webhook.updated_by) }
            }
        }
    }
}

/// What is done by one click. Nothing is sent while it is off, so turning it on comes first then.
fn verbs(visitor: &Visitor, webhook: &Webhook) -> Markup {
    let here = address(webhook);
    let test = html! {
        form method="post" action={ (here) "/test" } {
            (csrf(visitor))
            (once())
            button class=[(!webhook.enabled).then_some("plain")] type="submit" { "Send a test" }
        }
    };
    html! {
        div.verbs {
            @if webhook.enabled { (test) (switch(visitor, webhook)) } @else { (switch(visitor, webhook)) (test) }
            a href={ (here) "/delete" } { "Delete…" }
        }
    }
}

/// Turns it on or off.
pub(super) fn switch(visitor: &Visitor, webhook: &Webhook) -> Markup {
    html! {
        form method="post" action={ (address(webhook)) "/switch" } {
            (csrf(visitor))
            input type="hidden" name="enabled" value=(!webhook.enabled);
            button class=[webhook.enabled.then_some("plain")] type="submit" { @if webhook.enabled { "Turn it off" } @else { "Turn it on" } }
        }
    }
}

/// Which deliveries are shown.
fn choices(webhook: &Webhook, chosen: Option<DeliveryStatus>) -> Markup {
    let all = std::iter::once(None).chain(DeliveryStatus::ALL.iter().copied().map(Some));
    html! {
        nav aria-label="Which deliveries" {
            ul.chips {
                @for choice in all {
                    @let address = with(&address(webhook), &[("status", choice.map(DeliveryStatus::as_str))]);
                    li { a href=(address) aria-current=[(choice == chosen).then_some("true")] { (choice.map_or("all", DeliveryStatus::in_words)) } }
                }
            }
        }
    }
}

fn deliveries(
    webhook: &Webhook,
    found: &Part<Delivery, DeliveryId>,
    wanted: Option<DeliveryStatus>,
) -> Markup {
    let next = found.next.map(|next| {
        let (status, before) = (wanted.map(DeliveryStatus::as_str), next.to_string());
        with(
            &address(webhook),
            &[("status", status), ("before", Some(&before))],
        )
    });
    html! {
        @if found.items.is_empty() {
            p.quiet {
                @match wanted {
                    None => { "Nothing was sent yet. What happens from now on is told; a test is told at once." }
                    Some(_) => { "There are none." }
                }
            }
        } @else {
            div.wide tabindex="0" role="region" aria-label="List of deliveries" {
                table.cards {
                    thead { tr { @for heading in ["Delivery", "Tells", "State", "Made", "Attempts", "Last answer"] { th scope="col" { (heading) } } } }
                    tbody { @for delivery in &found.items { (row(delivery)) } }
                }
            }
        }
        @if let Some(address) = next { nav.pages aria-label="Pages" { a rel="next" href=(address) { "Earlier →" } } }
    }
}

fn row(delivery: &Delivery) -> Markup {
    html! {
        tr {
            th scope="row" { a href={ "/webhooks/deliveries/" (delivery.id) } { (delivery.id) } }
            td data-label="Tells" { (what(delivery)) }
            td data-label="State" { (status(delivery.status)) }
            td data-label="Made" { (time(delivery.created_at)) }
            td data-label="Attempts" { (delivery.attempts) }
            td data-label="Last answer" { (last_answer(delivery.last_error.as_ref(), delivery.last_status, 2 * CHARACTERS)) }
        }
    }
}

/// `promoted support/reply@1.0.0 production`, or that it is a test.
pub(super) fn what(delivery: &Delivery) -> Markup {
    html! {
        @match delivery.kind { Some(kind) => { (kind) } None => { "test" } }
        @if let Some(model) = &delivery.model { " " (model_link(model)) }
        @if let Some(tag) = &delivery.tag { " " (tag_link(tag)) }
    }
}

fn again(visitor: &Visitor, webhook: &Webhook, dead: &str) -> Markup {
    html! {
        form.actions method="post" action={ (address(webhook)) "/replay" } {
            (csrf(visitor))
            (once())
            button type="submit" { "Send again what was given up (" (dead) ")" }
        }
    }
}

/// The form that changes one, made of this revision.
pub(super) fn change(
    visitor: &Visitor,
    webhook: WebhookId,
    (filled, mistake): (&Filled, Mistake<'_>),
    seen: &Markup,
) -> Markup {
    html! {
        (mistake.above())
        form.stacked method="post" action={ "/webhooks/" (webhook) } {
            (csrf(visitor))
            (once())
            (seen)
            (fields(filled, mistake))
            p.quiet { "What waits goes to the new address; other events count from now on." }
            p { button type="submit" { "Change it" } }
        }
    }
}

/// What takes more than a click.
fn forms(visitor: &Visitor, webhook: &Webhook, revision: Revision) -> Markup {
    html! {
        section aria-labelledby="settings" {
            h2 #settings { "Settings" }
            details.help {
                summary { "Change name, address or events" }
                (change(visitor, webhook.id, (&Filled::of(webhook), Mistake(None)), &made_of(revision)))
            }
            details.help {
                summary { "Give it another secret" }
                (rotation(visitor, webhook, revision, Old::ForADay))
            }
        }
    }
}
