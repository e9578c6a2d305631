//! A receiver that says that it is gone for good: its webhook is turned off.

use registry_core::search::Count;
use registry_core::webhook::{Delivery, DeliveryStatus, Webhook, WebhookUpdate};
use registry_core::{EventKind, WebhookId};
use serde_json::json;

use super::fan_out::create;
use crate::sending::{Sender, a_webhook, only};
use crate::{Session, a_model, at};

async fn get(registry: &Session, id: WebhookId) -> Webhook {
    registry.store().webhooks().get(id).await.unwrap()
}

async fn delivery(registry: &Session, id: i64) -> Delivery {
    let id = id.try_into().unwrap();
    registry.store().webhooks().delivery(id).await.unwrap().delivery
}

async fn turn_on(registry: &Session, id: WebhookId) -> Webhook {
    let on = WebhookUpdate {
        enabled: Some(true),
        ..WebhookUpdate::default()
    };
    let context = registry.context();
    registry
        .store()
        .webhooks()
        .update(&context, id, on)
        .await
        .unwrap()
}

/// A webhook that is told of two models, made at second 1.
async fn with_two_models(registry: &Session) -> (Webhook, Sender) {
    let webhook = create(registry, a_webhook("ci").filter(only(&[], &["gpt-*"], &[]))).await;
    let mut sender = Sender::new(registry.shared_store()).await;
    registry.register(a_model("gpt-1", "1.0.0")).await;
    registry.register(a_model("gpt-2", "1.0.0")).await;
    sender.fan_out(10, 2).await;
    (webhook, sender)
}

pub(crate) async fn it_is_turned_off(registry: Session) {
    let (webhook, sender) = with_two_models(&registry).await;
    sender.gone(20, 1, 1).await;
    let off = get(&registry, webhook.id).await;
    let expected = Webhook {
        enabled: false,
        gone_at: Some(at(20)),
        updated_at: at(20),
        updated_by: "registry".parse().unwrap(),
        ..webhook
    };
    assert_eq!(off, expected);
    assert_eq!(sender.due_ids(99).await, [0_i64; 0]);
    // Two wait for it, and neither is due or late.
    let backlog = sender.queue().backlog(at(99), 9).await.unwrap();
    let found = (backlog.pending, backlog.due, backlog.oldest);
    assert_eq!(found, (Count::Exactly(2), Count::Exactly(0), None));
    let event = registry.last_event().await;
    assert_eq!(
        (event.kind, event.at, &event.actor),
        (EventKind::SettingsChanged, at(20), &off.updated_by)
    );
    assert_eq!(
        event.reason.unwrap().as_str(),
        "the receiver answered 410: it is gone for good"
    );
    let side = |enabled: bool| json!({ "webhook": { "name": "ci", "enabled": enabled } });
    assert_eq!((event.before, event.after), (side(true), side(false)));
    // Nothing is given up: the receiver may come back.
    let waits = delivery(&registry, 1).await;
    assert_eq!(
        (waits.status, waits.attempts, waits.failures),
        (DeliveryStatus::Pending, 1, 1)
    );
    assert_eq!((waits.last_status, waits.finished_at), (Some(410), None));
}

pub(crate) async fn others_hear_of_it(registry: Session) {
    let (_, mut sender) = with_two_models(&registry).await;
    let settings = only(&[EventKind::SettingsChanged], &[], &[]);
    let chat = create(&registry, a_webhook("chat").filter(settings)).await;
    sender.fan_out(12, 1).await;
    sender.gone(20, 1, 1).await;
    assert!(get(&registry, chat.id).await.enabled);
    assert_eq!(sender.fan_out(21, 1).await, 1);
    let due = sender.due(21).await;
    assert_eq!(due.len(), 1);
    assert_eq!(due[0].delivery.webhook, chat.id);
}

pub(crate) async fn turned_on_again_it_goes_on(registry: Session) {
    let (webhook, sender) = with_two_models(&registry).await;
    sender.gone(20, 1, 1).await;
    let on = turn_on(&registry, webhook.id).await;
    assert_eq!((on.enabled, on.gone_at), (true, None));
    assert_eq!(get(&registry, webhook.id).await, on);
    assert_eq!(sender.due_ids(20).await, [1, 2]);
    assert!(
        sender
            .due(20)
            .await
            .iter()
            .all(|due| due.changed_at == on.updated_at)
    );
    sender.delivered(21, 1).await;
    sender.delivered(21, 2).await;
    assert_eq!(delivery(&registry, 1).await.status, DeliveryStatus::Delivered);
}

/// The answer is about what it was when it was called: another address, or the same after somebody mended the receiver.
pub(crate) async fn one_that_was_changed_meanwhile_stays_on(registry: Session) {
    let (webhook, sender) = with_two_models(&registry).await;
    let moved = WebhookUpdate {
        url: Some("https://other.example/".parse().unwrap()),
        ..WebhookUpdate::default()
    };
    let context = registry.context();
    let webhooks = registry.store().webhooks();
    let moved = webhooks.update(&context, webhook.id, moved).await.unwrap();
    let events = registry.events().await.len();
    sender.gone_too_late(20, 1, 1).await;
    assert_eq!(get(&registry, webhook.id).await, moved);
    assert_eq!(registry.events().await.len(), events);
    // It is tried again at the new address, at once.
    assert_eq!(sender.due_ids(20).await, [1, 2]);
    let changed = moved.updated_at;
    assert!(sender.due(20).await.iter().all(|due| due.changed_at == changed));
}

/// Several were on their way when the first came back.
pub(crate) async fn the_first_answer_counts(registry: Session) {
    let (webhook, sender) = with_two_models(&registry).await;
    sender.gone(20, 1, 1).await;
    let off = get(&registry, webhook.id).await;
    sender.gone_too_late(21, 2, 1).await;
    assert_eq!(get(&registry, webhook.id).await, off);
    assert_eq!(delivery(&registry, 2).await.status, DeliveryStatus::Pending);
    // Nor does a late one turn it off again when somebody has turned it on.
    let on = turn_on(&registry, webhook.id).await;
    sender.gone_too_late(22, 2, 1).await;
    assert_eq!(get(&registry, webhook.id).await, on);
}
