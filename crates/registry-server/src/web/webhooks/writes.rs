//! What the forms of webhooks do: the verbs of the API.

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::html;
use registry_core::webhook::{NewWebhook, Replay, Webhook, WebhookSecret, WebhookUpdate};
use registry_core::{Revision, Timestamp, WebhookId, WriteContext};
use serde::Deserialize;

use super::super::form::{Mistake, Posted, Refused, csrf};
use super::super::guard::Visitor;
use super::super::layout::Page;
use super::super::parts::{cut, time};
use super::super::{Answer, Looking};
use super::delivery::after_an_attempt;
use super::list::form;
use super::one::{change as change_form, rotation};
use super::settings::{Filled, refused, value};
use super::{CHARACTERS, KEY, SEEN, address, key, manager, told_of};
use crate::api::Shared;
use crate::http::extract::Segments;
use crate::http::problem::Problem;
use crate::webhooks::random_secret;

/// Who writes, once for each form.
fn context(visitor: &Visitor, form: Option<&str>) -> Result<WriteContext, Problem> {
    let context = manager(visitor)?.context(None, false)?;
    Ok(match key(form)? {
        Some(key) => context.idempotency_key(key),
        None => context,
    })
}

fn to(webhook: WebhookId) -> Response {
    Redirect::to(&format!("/webhooks/{webhook}")).into_response()
}

/// Makes a webhook and shows its secret.
pub(crate) async fn create(
    State(app): Shared,
    Extension(visitor): Looking,
    Posted(fields): Posted<Vec<(String, String)>>,
) -> Answer {
    let context = context(&visitor, value(&fields, KEY))?;
    let filled = Filled::sent(&fields);
    let again = |refused: &Refused| {
        let body = html! {
            h1 { "Make a webhook" }
            (form(&visitor, &filled, Mistake(Some(refused))))
            p { a href="/webhooks" { "To the webhooks" } }
        };
        let page = Page::new("Make a webhook", &visitor).at("/webhooks");
        refused.answer(page.show(&body))
    };
    let asked = match filled.settings() {
        Ok(asked) => asked,
        Err(refused) => return Ok(again(&refused)),
    };
    let secret = random_secret()?;
    let new = NewWebhook::new(asked.name, asked.url).filter(asked.filter);
    match app.store.webhooks().create(&context, new, secret.clone()).await {
        Ok(webhook) => Ok(shown(&visitor, &webhook, &secret, &context)),
        Err(error) => Ok(again(&refused(error)?)),
    }
}

/// The page with the secret, which nothing shows again.
fn shown(visitor: &Visitor, webhook: &Webhook, secret: &WebhookSecret, context: &WriteContext) -> Response {
    let now = Timestamp::now();
    let body = html! {
        h1 { "The secret of " (cut(webhook.name.as_str(), CHARACTERS)) }
        @if context.is_replayed() {
            div.notice.bad role="status" {
                p { "This form was sent before: the webhook was made or changed then, and not once more. The secret was shown with the first answer, and is not shown again." }
                p { "If nobody has kept it, give the webhook another." }
            }
            (rotation(visitor, webhook))
        } @else {
            div.notice.good role="status" { p { "Give it to the receiver now, which verifies every message with it: it is not shown again." } }
            pre.command tabindex="0" { (secret.reveal()) }
        }
        dl {
            dt { "Sends to" } dd { code { (cut(webhook.url.as_str(), 4 * CHARACTERS)) } }
            dt { "Told of" } dd { (told_of(&webhook.filter, 4 * CHARACTERS)) }
            @if let Some(until) = webhook.old_secret_until.filter(|until| *until > now) {
                dt { "Signed" } dd { "with the secret before too, until " (time(until)) }
            }
        }
        p { a href=(address(webhook)) { "To the webhook" } }
    };
    Page::new("The secret", visitor).at("/webhooks").show(&body)
}

/// Changes name, address and events, if nobody else has changed it meanwhile.
pub(crate) async fn change(
    State(app): Shared,
    Extension(visitor): Looking,
    Segments(id): Segments<String>,
    Posted(fields): Posted<Vec<(String, String)>>,
) -> Answer {
    let id = id.parse()?;
    let seen = value(&fields, SEEN).unwrap_or_default();
    // What is no revision is one that no webhook has.
    let expected = Revision::parse(seen).into_iter().collect();
    let context = context(&visitor, None)?.expect(expected);
    let filled = Filled::sent(&fields);
    let again = |refused: &Refused| {
        let body = html! {
            h1 { "Change a webhook" }
            (change_form(&visitor, id, (&filled, Mistake(Some(refused))), seen))
            p { a href={ "/webhooks/" (id) } { "To the webhook" } }
        };
        let page = Page::new("Change a webhook", &visitor).at("/webhooks");
        refused.answer(page.show(&body))
    };
    let asked = match filled.settings() {
        Ok(asked) => asked,
        Err(refused) => return Ok(again(&refused)),
    };
    let update = WebhookUpdate {
        name: Some(asked.name),
        url: Some(asked.url),
        filter: Some(asked.filter),
        enabled: None,
    };
    match app.store.webhooks().update(&context, id, update).await {
        Ok(_) => Ok(to(id)),
        Err(error) => Ok(again(&refused(error)?)),
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Switch {
    enabled: bool,
}

/// Turns it on or off.
pub(crate) async fn switch(
    State(app): Shared,
    Extension(visitor): Looking,
    Segments(id): Segments<String>,
    Posted(switch): Posted<Switch>,
) -> Answer {
    let context = context(&visitor, None)?;
    let id = id.parse()?;
    let update = WebhookUpdate {
        enabled: Some(switch.enabled),
        ..WebhookUpdate::default()
    };
    app.store.webhooks().update(&context, id, update).await?;
    Ok(to(id))
}

/// How long the present secret counts besides the new one.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Old {
    ForADay,
    NotAnyMore,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Rotate {
    key: Option<String>,
    old: Old,
}

/// Gives it another secret and shows that.
pub(crate) async fn rotate(
    State(app): Shared,
    Extension(visitor): Looking,
    Segments(id): Segments<String>,
    Posted(asked): Posted<Rotate>,
) -> Answer {
    let context = context(&visitor, asked.key.as_deref())?;
    let secret = random_secret()?;
    let old_until = match asked.old {
        Old::ForADay => WebhookSecret::old_until(context.at),
        Old::NotAnyMore => context.at,
    };
    let webhook = app
        .store
        .webhooks()
        .rotate_secret(&context, id.parse()?, secret.clone(), old_until)
        .await?;
    Ok(shown(&visitor, &webhook, &secret, &context))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Once {
    key: Option<String>,
}

/// Sends a test, and shows what becomes of it.
pub(crate) async fn test(
    State(app): Shared,
    Extension(visitor): Looking,
    Segments(id): Segments<String>,
    Posted(form): Posted<Once>,
) -> Answer {
    let context = context(&visitor, form.key.as_deref())?;
    let test = app.store.webhooks().test(&context, id.parse()?).await?;
    after_an_attempt(&app, test.id, 0).await
}

/// Sends again all that was given up.
pub(crate) async fn replay(
    State(app): Shared,
    Extension(visitor): Looking,
    Segments(id): Segments<String>,
    Posted(form): Posted<Once>,
) -> Answer {
    let context = context(&visitor, form.key.as_deref())?;
    let id = id.parse()?;
    app.store.webhooks().replay(&context, Replay::Dead(id)).await?;
    Ok(to(id))
}

/// Asks whether a webhook shall be deleted.
pub(crate) async fn preview_deletion(
    State(app): Shared,
    Extension(visitor): Looking,
    Segments(id): Segments<String>,
) -> Answer {
    manager(&visitor)?;
    let webhook = app.store.webhooks().get(id.parse()?).await?;
    let here = address(&webhook);
    let body = html! {
        h1 { "Delete?" }
        dl.rehearsal {
            dt { "Webhook" } dd { (cut(webhook.name.as_str(), 2 * CHARACTERS)) }
            dt { "Sends to" } dd { (webhook.url.origin()) }
            dt { "Told of" } dd { (told_of(&webhook.filter, 4 * CHARACTERS)) }
        }
        p { "Its deliveries go with it, also those that wait. This cannot be undone; a webhook that is off keeps them." }
        form.stacked method="post" action={ (here) "/delete" } {
            (csrf(&visitor))
            p { button.danger type="submit" { "Delete" } " " a href=(here) { "Cancel" } }
        }
    };
    Ok(Page::new("Delete", &visitor).at("/webhooks").show(&body))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Nothing {}

/// Deletes a webhook.
pub(crate) async fn delete(
    State(app): Shared,
    Extension(visitor): Looking,
    Segments(id): Segments<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Answer {
    let context = context(&visitor, None)?;
    app.store.webhooks().delete(&context, id.parse()?).await?;
    Ok(Redirect::to("/webhooks").into_response())
}
