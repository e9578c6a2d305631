//! What the forms of webhooks do: the verbs of the API.

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, html};
use registry_core::webhook::{NewWebhook, Replay, Webhook, WebhookUpdate};
use registry_core::{Revision, WebhookId, WriteContext};
use serde::Deserialize;

use super::super::form::{Mistake, Posted, Refused, csrf, told};
use super::super::guard::Visitor;
use super::super::layout::Page;
use super::super::parts::cut;
use super::super::{Answer, Looking};
use super::delivery::after_an_attempt;
use super::late::{is_late, notice};
use super::list::form;
use super::one::change as change_form;
use super::secret::shown;
use super::settings::{Filled, refused, value};
use super::{CHARACTERS, KEY, SEEN, address, expected, key, made_of, manager, told_of};
use crate::api::Shared;
use crate::http::extract::Segments;
use crate::http::problem::Problem;
use crate::webhooks::random_secret;

/// Who writes, once for each form.
pub(super) fn context(visitor: &Visitor, form: Option<&str>) -> Result<WriteContext, Problem> {
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
        Ok(webhook) => shown(&app, &visitor, (&webhook, &secret), &context).await,
        Err(error) => Ok(again(&refused(error)?)),
    }
}

/// Changes name, address and events, if nobody else has changed it meanwhile.
pub(crate) async fn change(
    State(app): Shared,
    Extension(visitor): Looking,
    Segments(id): Segments<String>,
    Posted(fields): Posted<Vec<(String, String)>>,
) -> Answer {
    let id = id.parse()?;
    let seen = expected(value(&fields, SEEN));
    let context = context(&visitor, value(&fields, KEY))?.expect(seen.clone());
    let filled = Filled::sent(&fields);
    let page = |notice: Option<Markup>, mistake: Mistake<'_>, seen: Option<Revision>| {
        let seen = seen.map(made_of).unwrap_or_default();
        let body = html! {
            h1 { "Change a webhook" }
            (notice.unwrap_or_default())
            (change_form(&visitor, id, (&filled, mistake), &seen))
            p { a href={ "/webhooks/" (id) } { "To the webhook" } }
        };
        let page = Page::new("Change a webhook", &visitor).at("/webhooks");
        page.show(&body)
    };
    let again = |refused: &Refused| {
        let seen = seen.first().copied();
        refused.answer(page(None, Mistake(Some(refused)), seen))
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
    let webhooks = app.store.webhooks();
    match webhooks.update(&context, id, update).await {
        Ok(_) => Ok(to(id)),
        Err(error) if is_late(&error) => {
            let webhook = webhooks.get(id).await?;
            let seen = Some(webhook.revision()?);
            let page = page(Some(notice(&webhook)), Mistake(None), seen);
            Ok(told(&error.into(), page))
        }
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
    question(&visitor, &webhook, None)
}

/// The question, with what has to be said before it.
fn question(visitor: &Visitor, webhook: &Webhook, notice: Option<Markup>) -> Answer {
    let here = address(webhook);
    let body = html! {
        h1 { "Delete?" }
        (notice.unwrap_or_default())
        dl.rehearsal {
            dt { "Webhook" } dd { (cut(webhook.name.as_str(), 2 * CHARACTERS)) }
            dt { "Sends to" } dd { (webhook.url.origin()) }
            dt { "Told of" } dd { (told_of(&webhook.filter, 4 * CHARACTERS)) }
        }
        p { "Its deliveries go with it, also those that wait. This cannot be undone; a webhook that is off keeps them." }
        form.stacked method="post" action={ (here) "/delete" } {
            (csrf(visitor))
            (made_of(webhook.revision()?))
            p { button.danger type="submit" { "Delete" } " " a href=(here) { "Cancel" } }
        }
    };
    Ok(Page::new("Delete", visitor).at("/webhooks").show(&body))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Seen {
    seen: Option<String>,
}

/// Deletes a webhook, if it is still what was asked about.
pub(crate) async fn delete(
    State(app): Shared,
    Extension(visitor): Looking,
    Segments(id): Segments<String>,
    Posted(form): Posted<Seen>,
) -> Answer {
    let context = context(&visitor, None)?.expect(expected(form.seen.as_deref()));
    let (webhooks, id) = (app.store.webhooks(), id.parse()?);
    match webhooks.delete(&context, id).await {
        Ok(_) => Ok(Redirect::to("/webhooks").into_response()),
        Err(error) if is_late(&error) => {
            let webhook = webhooks.get(id).await?;
            let page = question(&visitor, &webhook, Some(notice(&webhook)))?;
            Ok(told(&error.into(), page))
        }
        Err(error) => Err(error.into()),
    }
}
