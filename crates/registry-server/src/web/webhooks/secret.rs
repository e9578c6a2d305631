//! The secret of a webhook: shown once, and changed for another.

use axum::Extension;
use axum::extract::State;
use maud::{Markup, html};
use registry_core::webhook::{Webhook, WebhookSecret};
use registry_core::{Error, Revision, Timestamp, WriteContext};
use serde::Deserialize;

use super::super::form::{Posted, csrf, told};
use super::super::guard::Visitor;
use super::super::layout::Page;
use super::super::parts::{cut, time};
use super::super::{Answer, Looking};
use super::late::{is_late, notice};
use super::writes::context;
use super::{CHARACTERS, address, expected, made_of, once, told_of};
use crate::api::Shared;
use crate::app::App;
use crate::http::extract::Segments;
use crate::webhooks::random_secret;

/// How long the present secret counts besides the new one.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Old {
    ForADay,
    NotAnyMore,
}

impl Old {
    /// As the form has it.
    fn as_str(self) -> &'static str {
        match self {
            Self::ForADay => "for_a_day",
            Self::NotAnyMore => "not_any_more",
        }
    }
}

/// The page with the secret, which nothing shows again.
pub(super) async fn shown(
    app: &App,
    visitor: &Visitor,
    (webhook, secret): (&Webhook, &WebhookSecret),
    context: &WriteContext,
) -> Answer {
    let now = Timestamp::now();
    let body = html! {
        h1 { "The secret of " (cut(webhook.name.as_str(), CHARACTERS)) }
        @if context.is_replayed() { (shown_before(app, visitor, webhook).await?) } @else {
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
    Ok(Page::new("The secret", visitor).at("/webhooks").show(&body))
}

/// What is shown instead to whoever sends the form once more: how to get another, of the webhook as it is now.
async fn shown_before(app: &App, visitor: &Visitor, made: &Webhook) -> Result<Markup, Error> {
    let present = match app.store.webhooks().get(made.id).await {
        Ok(webhook) => Some((webhook.revision()?, webhook)),
        Err(Error::WebhookNotFound { .. }) => None,
        Err(error) => return Err(error),
    };
    Ok(html! {
        div.notice.bad role="status" {
            p { "This form was sent before: the webhook was made or changed then, and not once more. The secret was shown with the first answer, and is not shown again." }
            @if present.is_some() {
                p { "If nobody has kept it, give the webhook another." }
            } @else {
                p { "The webhook was deleted since." }
            }
        }
        @if let Some((revision, webhook)) = &present { (rotation(visitor, webhook, *revision, Old::ForADay)) }
    })
}

/// The form that gives one another secret.
pub(super) fn rotation(visitor: &Visitor, webhook: &Webhook, revision: Revision, chosen: Old) -> Markup {
    let choices = [
        (
            Old::ForADay,
            " signs too for a day, so that the receiver can change over",
        ),
        (Old::NotAnyMore, " counts no more: somebody else knows it"),
    ];
    html! {
        form.stacked method="post" action={ (address(webhook)) "/rotate" } {
            (csrf(visitor))
            (once())
            (made_of(revision))
            fieldset {
                legend { "The present secret" }
                @for (old, means) in choices {
                    label { input type="radio" name="old" value=(old.as_str()) checked[old == chosen]; (means) }
                }
            }
            p { button type="submit" { "Make another" } }
        }
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Rotate {
    key: Option<String>,
    seen: Option<String>,
    old: Old,
}

/// Gives it another secret and shows that.
pub(crate) async fn rotate(
    State(app): Shared,
    Extension(visitor): Looking,
    Segments(id): Segments<String>,
    Posted(asked): Posted<Rotate>,
) -> Answer {
    // For the registry the same request is one whatever becomes of the old secret: the other choice is another.
    let key = asked.key.map(|key| format!("{key}-{}", asked.old.as_str()));
    let context = context(&visitor, key.as_deref())?.expect(expected(asked.seen.as_deref()));
    let secret = random_secret()?;
    let old_until = match asked.old {
        Old::ForADay => WebhookSecret::old_until(context.at),
        Old::NotAnyMore => context.at,
    };
    let (webhooks, id) = (app.store.webhooks(), id.parse()?);
    let rotated = webhooks.rotate_secret(&context, id, secret.clone(), old_until);
    match rotated.await {
        Ok(webhook) => shown(&app, &visitor, (&webhook, &secret), &context).await,
        Err(error) if is_late(&error) => {
            let webhook = webhooks.get(id).await?;
            let body = html! {
                h1 { "Give it another secret" }
                (notice(&webhook))
                (rotation(&visitor, &webhook, webhook.revision()?, asked.old))
                p { a href=(address(&webhook)) { "To the webhook" } }
            };
            let page = Page::new("Give it another secret", &visitor).at("/webhooks");
            Ok(told(&error.into(), page.show(&body)))
        }
        Err(error) => Err(error.into()),
    }
}
