//! A form that comes too late: the webhook was changed since it was shown, so nothing is done. It is shown once more, of
//! what the webhook is now, and filled in as it was sent.

use maud::{Markup, html};
use registry_core::Error;
use registry_core::webhook::Webhook;

use super::super::parts::time;
use super::address;

/// Whether that is why a form was refused. One that was sent before with other contents has changed it itself.
pub(super) fn is_late(error: &Error) -> bool {
    matches!(
        error,
        Error::WebhookChanged { .. } | Error::IdempotencyKeyReused { .. }
    )
}

/// What is said about it.
pub(super) fn notice(webhook: &Webhook) -> Markup {
    html! {
        div.notice.bad role="alert" {
            p { "It was changed meanwhile, by " (webhook.updated_by) " on " (time(webhook.updated_at)) ", so nothing was done." }
            p { a href=(address(webhook)) { "Look at what it is now" } ". The form below counts for that: send it once more if you still mean it." }
        }
    }
}
