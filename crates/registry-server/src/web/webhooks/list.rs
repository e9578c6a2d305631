//! The list of webhooks, and the form that makes one.

use axum::Extension;
use axum::extract::State;
use maud::{Markup, html};
use registry_core::search::Count;
use registry_core::webhook::{COUNTED_DELIVERIES, DeliveryQuery, DeliveryStatus, WebhookStanding, Webhooks};
use registry_core::{Limit, WebhookId};

use super::super::form::{Mistake, csrf};
use super::super::guard::Visitor;
use super::super::layout::Page;
use super::super::parts::{cut, time};
use super::super::{Answer, Looking};
use super::settings::{Filled, fields};
use super::{CHARACTERS, address, last_answer, manager, once, state, status, told_of};
use crate::api::Shared;
use crate::http::problem::Problem;

/// Shows the page.
pub(crate) async fn show(State(app): Shared, Extension(visitor): Looking) -> Answer {
    manager(&visitor)?;
    let webhooks = app.store.webhooks();
    let rows = webhooks.standings().await?;
    let body = html! {
        h1 { "Webhooks" }
        @if rows.is_empty() {
            section.empty {
                h2 { "Nobody is told of what happens" }
                p { "A webhook is an address that is told of events, each as a signed request: a CI that starts when a model is promoted, a chat that hears who rolled back what. Make one with the form below, or:" }
                pre.command tabindex="0" { "registry-cli webhook create --name ci --url https://ci.example/hook --events promoted,rolled_back" }
            }
        } @else { (table(&rows)) }
        section aria-labelledby="new" {
            h2 #new { "Make a webhook" }
            (form(&visitor, &Filled::default(), Mistake(None)))
        }
    };
    Ok(Page::new("Webhooks", &visitor).at("/webhooks").show(&body))
}

/// How many there are, as far as they are counted.
pub(super) async fn count(
    webhooks: &dyn Webhooks,
    webhook: WebhookId,
    status: DeliveryStatus,
) -> Result<String, Problem> {
    let query = DeliveryQuery {
        webhook: Some(webhook),
        status: Some(status),
        limit: Limit::AtMost(COUNTED_DELIVERIES),
        before: None,
    };
    let found = webhooks.deliveries(&query).await?;
    Ok(match found.next {
        Some(_) => counted(Count::MoreThan(COUNTED_DELIVERIES.into())),
        None => found.items.len().to_string(),
    })
}

fn counted(count: Count) -> String {
    match count {
        Count::Exactly(number) => number.to_string(),
        Count::MoreThan(bound) => format!("more than {bound}"),
    }
}

fn table(rows: &[WebhookStanding]) -> Markup {
    let headings = [
        "Name", "Sends to", "Told of", "State", "Waiting", "Given up", "Last",
    ];
    html! {
        div.wide tabindex="0" role="region" aria-label="Webhooks" {
            table.cards {
                thead { tr { @for heading in headings { th scope="col" { (heading) } } } }
                tbody { @for row in rows { (line(row)) } }
            }
        }
    }
}

fn line(row: &WebhookStanding) -> Markup {
    let webhook = &row.webhook;
    html! {
        tr {
            th scope="row" { a href=(address(webhook)) { (cut(webhook.name.as_str(), CHARACTERS)) } }
            td data-label="Sends to" { (cut(webhook.url.origin(), CHARACTERS)) }
            td data-label="Told of" { (told_of(&webhook.filter, CHARACTERS)) }
            td data-label="State" { (state(webhook)) }
            td data-label="Waiting" { (counted(row.pending)) }
            td data-label="Given up" {
                @if row.dead.number() == 0 { "0" } @else { a href={ (address(webhook)) "?status=dead" } { (counted(row.dead)) } }
            }
            td data-label="Last" {
                @match &row.last {
                    None => { span.quiet { "nothing was sent yet" } }
                    Some(last) => {
                        a href={ "/webhooks/deliveries/" (last.id) } { (status(last.status)) } " "
                        @if let Some(at) = last.finished_at { (time(at)) " " }
                        @if last.status != DeliveryStatus::Delivered { span.quiet { (last_answer(last.last_error.as_ref(), last.last_status, CHARACTERS)) } }
                    }
                }
            }
        }
    }
}

/// The form that makes one.
pub(super) fn form(visitor: &Visitor, filled: &Filled, mistake: Mistake<'_>) -> Markup {
    html! {
        (mistake.above())
        form.stacked method="post" action="/webhooks" {
            (csrf(visitor))
            (once())
            (fields(filled, mistake))
            p { button type="submit" { "Make it" } }
        }
    }
}
