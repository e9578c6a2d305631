//! One sends at a time.

use registry_core::RegistryStore;
use registry_core::webhook::{AttemptOutcome, DeliveryQuery, DeliveryStatus, Recorded};
use std::sync::Arc;

use super::fan_out::create;
use crate::sending::{Sender, a_webhook, answered, holder};
use crate::{Session, a_model, at};

async fn two(registry: &Session) -> (Sender, Sender) {
    let store = registry.shared_store();
    (
        Sender::without_lease(store.clone(), 1).await,
        Sender::without_lease(store, 2).await,
    )
}

pub(crate) async fn one_at_a_time_holds_it(registry: Session) {
    let (first, second) = two(&registry).await;
    assert!(first.hold(0, 30).await);
    assert!(!second.hold(29, 60).await);
    // Who has it goes on having it.
    assert!(first.hold(29, 60).await);
    assert!(!second.hold(31, 90).await);
}

pub(crate) async fn it_is_taken_over_when_its_time_is_over(registry: Session) {
    let (first, second) = two(&registry).await;
    assert!(first.hold(0, 30).await);
    assert!(second.hold(30, 60).await);
    assert!(!first.hold(31, 90).await);
}

pub(crate) async fn it_is_given_back(registry: Session) {
    let (first, second) = two(&registry).await;
    assert!(first.hold(0, 30).await);
    // Another cannot give it back.
    second.queue().release_lease(second.holder).await.unwrap();
    assert!(!second.hold(1, 30).await);
    first.queue().release_lease(first.holder).await.unwrap();
    assert_eq!(
        first
            .queue()
            .due(first.holder, at(1), 9)
            .await
            .unwrap_err()
            .code(),
        "lease_lost"
    );
    assert!(second.hold(1, 30).await);
}

pub(crate) async fn who_lost_it_changes_nothing(registry: Session) {
    create(&registry, a_webhook("ci")).await;
    let (mut first, second) = two(&registry).await;
    assert!(first.hold(0, 30).await);
    registry.register(a_model("gpt", "1.0.0").tagged("a")).await;
    first.fan_out(1, 2).await;
    registry.register(a_model("gpt", "1.1.0")).await;
    // It ran out, and nobody has taken it.
    let due = first.due_ids(40).await;
    assert!(second.hold(40, 70).await);
    let everything = async || {
        let query = DeliveryQuery::default();
        registry
            .store()
            .webhooks()
            .deliveries(&query)
            .await
            .unwrap()
            .items
    };
    let before = everything().await;
    let lost = |error: registry_core::Error| assert_eq!(error.code(), "lease_lost");
    lost(first.try_fan_out(41, 100).await.unwrap_err());
    let queue = first.queue();
    lost(queue.due(first.holder, at(41), 100).await.unwrap_err());
    let id = due[0].try_into().unwrap();
    let recording = queue.record(
        first.holder,
        at(41),
        id,
        answered(41, 200),
        AttemptOutcome::Delivered,
    );
    lost(recording.await.unwrap_err());
    lost(queue.prune(first.holder, at(99), 10).await.unwrap_err());
    lost(queue.prune(holder(9), at(99), 10).await.unwrap_err());
    assert_eq!(everything().await, before);
    assert_eq!(second.due_ids(41).await, due);
}

/// Takes the lease whenever it can, each time for a moment only, and does a little under it.
async fn work(store: Arc<dyn RegistryStore>, number: u8, count: usize) -> Vec<i64> {
    let mut sender = Sender::without_lease(store.clone(), number).await;
    let mut sent = Vec::new();
    let patience = tokio::time::Instant::now() + std::time::Duration::from_mins(1);
    loop {
        assert!(tokio::time::Instant::now() < patience, "deliveries are missing");
        tokio::task::yield_now().await;
        // Whoever asks later takes it over at once: all times are the same.
        if !sender.hold(10, 10).await {
            continue;
        }
        let Ok(_) = sender.try_fan_out(10, 3).await else {
            continue;
        };
        let Ok(due) = sender.queue().due(sender.holder, at(10), 100).await else {
            continue;
        };
        for due in due {
            let (id, attempt) = (due.delivery.id, answered(10, 200));
            let recording =
                sender
                    .queue()
                    .record(sender.holder, at(10), id, attempt, AttemptOutcome::Delivered);
            if let Ok(Recorded::Yes) = recording.await {
                sent.push(id.get());
            }
        }
        let query = DeliveryQuery {
            status: Some(DeliveryStatus::Delivered),
            limit: registry_core::Limit::Unlimited,
            ..DeliveryQuery::default()
        };
        if store.webhooks().deliveries(&query).await.unwrap().items.len() >= count {
            return sent;
        }
    }
}

pub(crate) async fn two_who_take_turns_tell_everything_once(registry: Session) {
    const MODELS: usize = 12;
    create(&registry, a_webhook("ci")).await;
    let workers: Vec<_> = [1, 2]
        .map(|number| tokio::spawn(work(registry.shared_store(), number, MODELS * 2)))
        .into();
    for model in 0..MODELS {
        registry
            .register(a_model(&format!("gpt-{model}"), "1.0.0").tagged("a"))
            .await;
    }
    let mut sent = Vec::new();
    for worker in workers {
        sent.extend(worker.await.unwrap());
    }
    sent.sort_unstable();
    let all: Vec<i64> = (1..=i64::try_from(MODELS * 2).unwrap()).collect();
    assert_eq!(sent, all);
}
