//! What a delivery looks like on the line.

use registry_core::webhook::{DueDelivery, WebhookSecret};
use registry_core::{Event, Timestamp, WebhookId};
use serde::Serialize;

use super::send::Message;
use super::signature;

/// The body, in the form that Standard Webhooks recommends.
#[derive(Serialize)]
struct Body<'d, D> {
    r#type: &'d str,
    timestamp: Timestamp,
    data: D,
}

/// What a test tells.
#[derive(Serialize)]
struct Test {
    webhook_id: WebhookId,
}

/// The message of a delivery, sent now.
pub(super) fn message(due: &DueDelivery, now: Timestamp) -> Result<Message, serde_json::Error> {
    let body = match &due.event {
        Some(event) => serde_json::to_vec(&Body::<&Event> {
            r#type: event.kind.as_str(),
            timestamp: event.at,
            data: event,
        })?,
        None => serde_json::to_vec(&Body {
            r#type: "test",
            timestamp: due.delivery.created_at,
            data: Test {
                webhook_id: due.delivery.webhook,
            },
        })?,
    };
    let id = format!("msg_{}", due.delivery.id);
    let seconds = now.as_micros().div_euclid(1_000_000);
    let keys = due.secrets.iter().map(WebhookSecret::key);
    Ok(Message {
        url: due.url.as_str().to_owned(),
        signatures: signature::signatures(keys, &id, seconds, &body),
        id,
        seconds,
        body,
    })
}
