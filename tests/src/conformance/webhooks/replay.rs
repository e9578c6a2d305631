//! What was finished is delivered again.

use registry_core::webhook::{Delivery, DeliveryStatus, Replay};
use registry_core::{DeliveryId, WebhookId};

use super::fan_out::create;
use crate::sending::{Sender, a_webhook};
use crate::{Session, a_model, at};

/// A webhook that is told of a model and two tags, in one line, and of another model.
async fn a_line(registry: &Session) -> (Sender, WebhookId) {
    let webhook = create(registry, a_webhook("ci")).await;
    let mut sender = Sender::new(registry.shared_store()).await;
    registry
        .register(a_model("gpt", "1.0.0").tagged("a").tagged("b"))
        .await;
    registry.register(a_model("gpt", "1.1.0")).await;
    sender.fan_out(10, 4).await;
    (sender, webhook.id)
}

fn id(number: i64) -> DeliveryId {
    number.try_into().unwrap()
}

async fn replay(registry: &Session, replay: Replay) -> u64 {
    let context = registry.context();
    let replayed = registry.store().webhooks().replay(&context, replay).await;
    replayed.unwrap().deliveries
}

async fn delivery(registry: &Session, number: i64) -> Delivery {
    let detail = registry.store().webhooks().delivery(id(number)).await;
    detail.unwrap().delivery
}

pub(crate) async fn one_that_is_dead(registry: Session) {
    let (sender, _) = a_line(&registry).await;
    sender.failed(10, 1, 11).await;
    sender.died(11, 1).await;
    assert_eq!(replay(&registry, Replay::Delivery(id(1))).await, 1);
    let again = delivery(&registry, 1).await;
    assert_eq!((again.status, again.finished_at), (DeliveryStatus::Pending, None));
    assert_eq!((again.attempts, again.failures), (2, 0));
    assert_eq!(again.next_attempt_at, Some(at(registry.second())));
    assert_eq!(sender.due_ids(20).await, [1, 4]);
    sender.delivered(20, 1).await;
    let detail = registry.store().webhooks().delivery(id(1)).await.unwrap();
    assert_eq!((detail.history.len(), detail.delivery.attempts), (3, 3));
}

pub(crate) async fn one_that_was_delivered(registry: Session) {
    let (sender, _) = a_line(&registry).await;
    sender.delivered(10, 4).await;
    assert_eq!(sender.due_ids(20).await, [1]);
    assert_eq!(replay(&registry, Replay::Delivery(id(4))).await, 1);
    assert_eq!(sender.due_ids(20).await, [1, 4]);
}

pub(crate) async fn one_that_waits_for_another_attempt(registry: Session) {
    let (sender, _) = a_line(&registry).await;
    sender.failed(10, 4, 500).await;
    assert_eq!(sender.due_ids(20).await, [1]);
    assert_eq!(replay(&registry, Replay::Delivery(id(4))).await, 1);
    assert_eq!(sender.due_ids(20).await, [1, 4]);
    // One behind another goes on waiting.
    assert_eq!(replay(&registry, Replay::Delivery(id(2))).await, 1);
    assert_eq!(sender.due_ids(20).await, [1, 4]);
}

pub(crate) async fn all_that_are_dead(registry: Session) {
    let (sender, webhook) = a_line(&registry).await;
    let other = create(&registry, a_webhook("chat")).await;
    sender.died(10, 1).await;
    sender.delivered(10, 2).await;
    sender.died(10, 3).await;
    sender.died(10, 4).await;
    assert_eq!(replay(&registry, Replay::Dead(other.id)).await, 0);
    assert_eq!(replay(&registry, Replay::Dead(webhook)).await, 3);
    assert_eq!(sender.due_ids(20).await, [1, 4]);
    sender.delivered(20, 1).await;
    assert_eq!(sender.due_ids(20).await, [3, 4]);
    assert_eq!(replay(&registry, Replay::Dead(webhook)).await, 0);
}

pub(crate) async fn all_since_a_time(registry: Session) {
    let (mut sender, webhook) = a_line(&registry).await;
    registry.register(a_model("gpt", "1.2.0").tagged("a")).await;
    sender.fan_out(15, 2).await;
    for delivery in 1..=5 {
        sender.delivered(15, delivery).await;
    }
    assert_eq!(sender.due_ids(20).await, [6]);
    // Made at that time or later, and finished.
    assert_eq!(replay(&registry, Replay::Since(webhook, at(16))).await, 0);
    assert_eq!(replay(&registry, Replay::Since(webhook, at(15))).await, 1);
    assert_eq!(sender.due_ids(20).await, [5]);
    assert_eq!(replay(&registry, Replay::Since(webhook, at(10))).await, 4);
    assert_eq!(sender.due_ids(20).await, [1, 4, 5]);
}

pub(crate) async fn an_earlier_one_goes_before_the_others(registry: Session) {
    let (sender, _) = a_line(&registry).await;
    sender.delivered(10, 1).await;
    sender.failed(10, 2, 12).await;
    replay(&registry, Replay::Delivery(id(1))).await;
    assert_eq!(sender.due_ids(20).await, [1, 4]);
    assert_eq!(delivery(&registry, 2).await.next_attempt_at, None);
    sender.delivered(20, 1).await;
    assert_eq!(sender.due_ids(20).await, [2, 4]);
}

pub(crate) async fn one_under_way_is_recorded_behind_it(registry: Session) {
    let (sender, _) = a_line(&registry).await;
    sender.delivered(10, 1).await;
    // The second is being sent while the first is replayed.
    assert_eq!(sender.due_ids(10).await, [2, 4]);
    replay(&registry, Replay::Delivery(id(1))).await;
    sender.failed(11, 2, 12).await;
    assert_eq!(sender.due_ids(20).await, [1, 4]);
    assert_eq!(delivery(&registry, 2).await.next_attempt_at, None);
    sender.delivered(20, 2).await;
    sender.delivered(21, 1).await;
    assert_eq!(sender.due_ids(21).await, [3, 4]);
}
