//! `/webhooks`: who is told of events. Admins make webhooks, whose secrets are shown once.

mod delivery;
mod late;
mod list;
mod one;
mod secret;
mod settings;
mod writes;

use maud::{Markup, html};
use registry_core::webhook::{AttemptError, DeliveryStatus, Webhook, WebhookFilter};
use registry_core::{IdempotencyKey, Revision};

pub(crate) use self::delivery::{replay as replay_delivery, show as show_delivery};
pub(crate) use self::list::show as list;
pub(crate) use self::one::show;
pub(crate) use self::secret::rotate;
pub(crate) use self::writes::{change, create, delete, preview_deletion, replay, switch, test};

use super::guard::Visitor;
use super::parts::{cut, hexadecimal};
use crate::access::Caller;
use crate::api::webhooks::check_unlimited;
use crate::http::problem::Problem;
use crate::random::random;

/// How much of a text a cell shows.
const CHARACTERS: usize = 60;
/// The field that says which of two forms that are alike was sent twice.
const KEY: &str = "key";
/// The field that says which revision of the webhook a form was made of.
const SEEN: &str = "seen";

/// Who manages webhooks.
fn manager(visitor: &Visitor) -> Result<&Caller, Problem> {
    let caller = visitor.caller()?;
    check_unlimited(caller)?;
    Ok(caller)
}

/// What makes a form count once, however often a page is loaded again. Without randomness it counts each time.
fn once() -> Markup {
    let key = random::<16>().map(|bytes| hexadecimal(&bytes));
    html! { @if let Ok(key) = &key { input type="hidden" name=(KEY) value=(key); } }
}

/// What [`once`] has put into the form.
fn key(given: Option<&str>) -> Result<Option<IdempotencyKey>, Problem> {
    Ok(given.map(IdempotencyKey::parse).transpose()?)
}

/// What says of which revision a form was made.
fn made_of(revision: Revision) -> Markup {
    html! { input type="hidden" name=(SEEN) value=(revision); }
}

/// What [`made_of`] has put into the form. What is no revision is one that no webhook has.
fn expected(given: Option<&str>) -> Vec<Revision> {
    given.and_then(Revision::parse).into_iter().collect()
}

/// The page of a webhook.
fn address(webhook: &Webhook) -> String {
    format!("/webhooks/{}", webhook.id)
}

/// Whether it is on.
fn state(webhook: &Webhook) -> Markup {
    let (class, word) = match (webhook.enabled, webhook.gone_at) {
        (true, _) => ("state good", "on"),
        (false, None) => ("state", "off"),
        (false, Some(_)) => ("state bad", "gone"),
    };
    html! { span class=(class) { (word) } }
}

/// How far a delivery is.
fn status(status: DeliveryStatus) -> Markup {
    let class = match status {
        DeliveryStatus::Pending => "state",
        DeliveryStatus::Delivered => "state good",
        DeliveryStatus::Dead => "state bad",
    };
    html! { span class=(class) { (status.in_words()) } }
}

/// Which events: `promoted; names team-a/*; tags production`.
fn told_of(filter: &WebhookFilter, most: usize) -> Markup {
    let kinds: Vec<&str> = filter.kinds().iter().map(|kind| kind.as_str()).collect();
    let parts = [
        ("", kinds),
        ("names ", filter.names().collect()),
        ("tags ", filter.tags().collect()),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(_, values)| !values.is_empty())
        .map(|(what, values)| format!("{what}{}", values.join(", ")))
        .collect();
    html! {
        @if parts.is_empty() { "every event" } @else { (cut(&parts.join("; "), most)) }
    }
}

/// What the last attempt came to.
fn last_answer(error: Option<&AttemptError>, status: Option<u16>, most: usize) -> String {
    match (error, status) {
        (Some(error), _) => cut(error.as_str(), most),
        (None, Some(status)) => format!("the receiver answered {status}"),
        (None, None) => String::new(),
    }
}
