//! What is due, what is recorded, and what is forgotten.

use registry_core::search::Count;
use registry_core::webhook::{AttemptOutcome, DeliveryQuery, DeliveryStatus, Recorded, WebhookUpdate};
use registry_core::{DeliveryId, EventKind};

use super::fan_out::create;
use crate::sending::{Sender, a_webhook, answered, secret};
use crate::{Session, a_model, at};

async fn update(registry: &Session, update: WebhookUpdate) {
    let webhooks = registry.store().webhooks();
    let webhook = webhooks.list().await.unwrap().remove(0);
    let context = registry.context();
    webhooks.update(&context, webhook.id, update).await.unwrap();
}

/// A webhook with this many models to be told of, each in a line of its own.
async fn with_models(registry: &Session, count: usize) -> Sender {
    create(registry, a_webhook("ci")).await;
    let mut sender = Sender::new(registry.shared_store()).await;
    for model in 0..count {
        registry.register(a_model(&format!("gpt-{model}"), "1.0.0")).await;
    }
    sender.fan_out(10, count).await;
    sender
}

pub(crate) async fn what_is_due_has_all_that_is_sent(registry: Session) {
    let webhook = create(&registry, a_webhook("ci")).await;
    let mut sender = Sender::new(registry.shared_store()).await;
    let model = registry.register(a_model("gpt", "1.0.0").tagged("a")).await;
    sender.fan_out(10, 2).await;
    assert_eq!(sender.due(9).await, []);
    let due = sender.due(10).await;
    assert_eq!(due.len(), 1);
    let events = registry.events().await;
    let event = events.iter().find(|event| event.kind == EventKind::Registered);
    assert_eq!(due[0].event.as_ref(), event);
    assert_eq!(
        (&due[0].url, &due[0].secrets[..]),
        (&webhook.url, &[secret(1)][..])
    );
    let delivery = &due[0].delivery;
    assert_eq!(
        (delivery.webhook, delivery.event),
        (webhook.id, event.map(|event| event.id))
    );
    assert_eq!(
        (delivery.kind, &delivery.model),
        (Some(EventKind::Registered), &Some(model.reference()))
    );
    assert_eq!(
        (delivery.created_at, delivery.next_attempt_at),
        (at(10), Some(at(10)))
    );
    assert_eq!((delivery.finished_at, &delivery.tag), (None, &None));
    // It stays due until it is recorded.
    assert_eq!(sender.due(10).await, due);
    sender.delivered(11, 1).await;
    let due = sender.due(11).await;
    assert_eq!(due[0].delivery.tag, Some("a".parse().unwrap()));
    let context = registry.context();
    registry
        .store()
        .webhooks()
        .test(&context, webhook.id)
        .await
        .unwrap();
    let test = sender
        .due(11)
        .await
        .into_iter()
        .find(|due| due.delivery.event.is_none());
    assert_eq!(test.unwrap().event, None);
}

pub(crate) async fn due_for_each_webhook_at_most_so_many(registry: Session) {
    create(&registry, a_webhook("ci")).await;
    create(&registry, a_webhook("chat")).await;
    let mut sender = Sender::new(registry.shared_store()).await;
    for model in 0..5 {
        registry.register(a_model(&format!("gpt-{model}"), "1.0.0")).await;
    }
    // The first hears of the second, which is in a line of its own.
    sender.fan_out(10, 6).await;
    let due = async |now, take| {
        let due = sender.queue().due(sender.holder, at(now), take).await.unwrap();
        let mut count = [0, 0];
        for due in &due {
            count[usize::try_from(due.delivery.webhook.get()).unwrap() - 1] += 1;
        }
        count
    };
    assert_eq!(due(10, 100).await, [6, 5]);
    assert_eq!(due(10, 2).await, [2, 2]);
    assert_eq!(due(10, 0).await, [0, 0]);
    // Those that wait longest come first.
    let first = sender.queue().due(sender.holder, at(10), 1).await.unwrap();
    for due in first {
        let id = due.delivery.id.get();
        sender.failed(10, id, 20).await;
        let next = sender.queue().due(sender.holder, at(30), 4).await.unwrap();
        assert!(next.iter().all(|due| due.delivery.id.get() != id));
    }
}

pub(crate) async fn nothing_is_due_while_it_is_off(registry: Session) {
    let sender = with_models(&registry, 2).await;
    let switch = |enabled| WebhookUpdate {
        enabled: Some(enabled),
        ..WebhookUpdate::default()
    };
    update(&registry, switch(false)).await;
    assert_eq!(sender.due_ids(10).await, [0_i64; 0]);
    update(&registry, switch(true)).await;
    assert_eq!(sender.due_ids(10).await, [1, 2]);
}

pub(crate) async fn another_address_for_what_waits(registry: Session) {
    let sender = with_models(&registry, 1).await;
    let url = "https://other.example/".parse().unwrap();
    let other = WebhookUpdate {
        url: Some(url),
        ..WebhookUpdate::default()
    };
    update(&registry, other).await;
    assert_eq!(sender.due(10).await[0].url.as_str(), "https://other.example/");
}

pub(crate) async fn attempts_are_kept(registry: Session) {
    let sender = with_models(&registry, 1).await;
    sender.failed(10, 1, 20).await;
    let id = DeliveryId::try_from(1).unwrap();
    let webhooks = registry.store().webhooks();
    let delivery = webhooks.delivery(id).await.unwrap().delivery;
    assert_eq!((delivery.attempts, delivery.failures), (1, 1));
    assert_eq!(
        (delivery.last_status, delivery.next_attempt_at),
        (Some(500), Some(at(20)))
    );
    assert!(delivery.last_error.is_some());
    let mut unreachable = answered(20, 500);
    unreachable.status = None;
    let retry = AttemptOutcome::RetryAt(at(40));
    let recorded = sender
        .queue()
        .record(sender.holder, at(20), id, unreachable.clone(), retry);
    assert_eq!(recorded.await.unwrap(), Recorded::Yes);
    sender.delivered(40, 1).await;
    let detail = webhooks.delivery(id).await.unwrap();
    assert_eq!(
        detail.history,
        [answered(10, 500), unreachable, answered(40, 204)]
    );
    let delivery = detail.delivery;
    assert_eq!((delivery.attempts, delivery.failures), (3, 2));
    assert_eq!(
        (delivery.status, delivery.finished_at),
        (DeliveryStatus::Delivered, Some(at(40)))
    );
    assert_eq!((delivery.last_status, delivery.last_error), (Some(204), None));
    assert_eq!(delivery.next_attempt_at, None);
}

pub(crate) async fn what_is_finished_is_not_recorded_again(registry: Session) {
    let sender = with_models(&registry, 2).await;
    sender.delivered(10, 1).await;
    sender.died(10, 2).await;
    for id in [1, 2, 99] {
        for outcome in [
            AttemptOutcome::Delivered,
            AttemptOutcome::Dead,
            AttemptOutcome::RetryAt(at(20)),
            AttemptOutcome::Gone(at(1)),
        ] {
            assert_eq!(sender.record(11, id, 200, outcome).await, Recorded::No);
        }
    }
    let detail = registry
        .store()
        .webhooks()
        .delivery(1.try_into().unwrap())
        .await
        .unwrap();
    assert_eq!(detail.history.len(), 1);
    assert_eq!(sender.due_ids(99).await, [0_i64; 0]);
}

pub(crate) async fn what_is_deleted_is_not_recorded(registry: Session) {
    let sender = with_models(&registry, 1).await;
    sender.failed(10, 1, 20).await;
    let webhooks = registry.store().webhooks();
    let webhook = webhooks.list().await.unwrap().remove(0);
    webhooks.delete(&registry.context(), webhook.id).await.unwrap();
    let recorded = sender.record(11, 1, 200, AttemptOutcome::Delivered).await;
    assert_eq!(recorded, Recorded::No);
    assert_eq!(sender.due_ids(99).await, [0_i64; 0]);
}

pub(crate) async fn both_secrets_count_for_a_time(registry: Session) {
    let sender = with_models(&registry, 1).await;
    let webhooks = registry.store().webhooks();
    let webhook = webhooks.list().await.unwrap().remove(0);
    let rotate = async |number, until| {
        let context = registry.context();
        webhooks
            .rotate_secret(&context, webhook.id, secret(number), at(until))
            .await
            .unwrap()
    };
    let secrets = async |now| sender.due(now).await.remove(0).secrets;
    let rotated = rotate(2, 60).await;
    assert_eq!(rotated.old_secret_until, Some(at(60)));
    assert_eq!(secrets(59).await, [secret(2), secret(1)]);
    assert_eq!(secrets(60).await, [secret(2)]);
    // The one before the last is gone.
    rotate(3, 90).await;
    assert_eq!(secrets(59).await, [secret(3), secret(2)]);
    // Another change leaves them.
    let other = WebhookUpdate {
        name: Some("build".parse().unwrap()),
        ..WebhookUpdate::default()
    };
    update(&registry, other).await;
    assert_eq!(secrets(59).await, [secret(3), secret(2)]);
    assert_eq!(secrets(90).await, [secret(3)]);
}

pub(crate) async fn old_ones_are_forgotten(registry: Session) {
    let sender = with_models(&registry, 6).await;
    for (id, when) in [(1, 40), (2, 20), (3, 30)] {
        sender.delivered(when, id).await;
    }
    sender.died(50, 4).await;
    sender.failed(10, 5, 20).await;
    let ids = async || {
        let page = registry
            .store()
            .webhooks()
            .deliveries(&DeliveryQuery::default())
            .await
            .unwrap();
        page.items
            .iter()
            .map(|delivery| delivery.id.get())
            .collect::<Vec<_>>()
    };
    let prune = async |before, limit| {
        sender
            .queue()
            .prune(sender.holder, at(before), limit)
            .await
            .unwrap()
    };
    assert_eq!(prune(20, 9).await, 0);
    assert_eq!(prune(50, 2).await, 2);
    assert_eq!(ids().await, [6, 5, 4, 1]);
    assert_eq!(prune(99, 9).await, 2);
    assert_eq!(ids().await, [6, 5]);
    let gone = registry.store().webhooks().delivery(1.try_into().unwrap()).await;
    assert_eq!(gone.unwrap_err().code(), "delivery_not_found");
    assert_eq!(sender.due_ids(99).await, [5, 6]);
}

pub(crate) async fn the_backlog_is_counted(registry: Session) {
    let empty = registry
        .store()
        .webhook_queue()
        .unwrap()
        .backlog(at(10), 10)
        .await
        .unwrap();
    assert_eq!(
        (empty.pending, empty.dead, empty.due),
        (Count::Exactly(0), Count::Exactly(0), Count::Exactly(0))
    );
    assert_eq!(empty.oldest, None);
    let sender = with_models(&registry, 5).await;
    sender.died(11, 1).await;
    sender.delivered(11, 2).await;
    for (bound, pending, dead) in [
        (9, Count::Exactly(3), Count::Exactly(1)),
        (3, Count::Exactly(3), Count::Exactly(1)),
        (1, Count::MoreThan(1), Count::Exactly(1)),
        (0, Count::MoreThan(0), Count::MoreThan(0)),
    ] {
        let backlog = sender.queue().backlog(at(99), bound).await.unwrap();
        assert_eq!((backlog.pending, backlog.dead), (pending, dead));
        assert_eq!(backlog.oldest, Some(at(10)));
    }
}

pub(crate) async fn standings_say_what_became_of_the_last(registry: Session) {
    let sender = with_models(&registry, 23).await;
    let webhooks = registry.store().webhooks();
    let last = async || {
        let standing = webhooks.standings().await.unwrap().remove(0);
        let last = standing
            .last
            .map(|last| (last.id.get(), last.status, last.last_status));
        (standing.pending, standing.dead, last)
    };
    assert_eq!(last().await, (Count::Exactly(23), Count::Exactly(0), None));
    // Of those that were made last, each time.
    sender.delivered(11, 3).await;
    assert_eq!(last().await, (Count::Exactly(22), Count::Exactly(0), None));
    sender.died(11, 4).await;
    let detail = webhooks.delivery(DeliveryId::try_from(4).unwrap()).await.unwrap();
    let four = (4, DeliveryStatus::Dead, detail.delivery.last_status);
    assert_eq!(last().await, (Count::Exactly(21), Count::Exactly(1), Some(four)));
    let standing = webhooks.standings().await.unwrap().remove(0).last.unwrap();
    assert_eq!(standing.last_error, detail.delivery.last_error);
    assert_eq!(standing.finished_at, detail.delivery.finished_at);
    sender.delivered(12, 9).await;
    let (pending, dead, nine) = last().await;
    assert_eq!((pending, dead), (Count::Exactly(20), Count::Exactly(1)));
    assert_eq!(
        nine.map(|(id, status, _)| (id, status)),
        Some((9, DeliveryStatus::Delivered))
    );
}

pub(crate) async fn deliveries_by_status(registry: Session) {
    let sender = with_models(&registry, 5).await;
    sender.delivered(11, 2).await;
    sender.died(11, 4).await;
    let webhook = registry.store().webhooks().list().await.unwrap().remove(0).id;
    for webhook in [None, Some(webhook)] {
        for (status, expected) in [
            (DeliveryStatus::Pending, vec![5, 3, 1]),
            (DeliveryStatus::Delivered, vec![2]),
            (DeliveryStatus::Dead, vec![4]),
        ] {
            let query = DeliveryQuery {
                webhook,
                status: Some(status),
                ..DeliveryQuery::default()
            };
            let page = registry.store().webhooks().deliveries(&query).await.unwrap();
            let ids: Vec<i64> = page.items.iter().map(|delivery| delivery.id.get()).collect();
            assert_eq!(ids, expected);
            assert!(page.items.iter().all(|delivery| delivery.status == status));
        }
    }
}
