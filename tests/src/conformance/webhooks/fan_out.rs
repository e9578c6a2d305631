//! Making deliveries of events: each once, for each webhook that wants it.

use std::time::Duration;

use registry_core::webhook::{DeliveryQuery, NewWebhook, Webhook, WebhookUpdate};
use registry_core::{EventKind, Limit};

use crate::conformance::together::cut_off;
use crate::sending::{Sender, a_webhook, only, secret};
use crate::{Session, a_model};

pub(crate) async fn create(registry: &Session, webhook: NewWebhook) -> Webhook {
    let context = registry.context();
    let webhooks = registry.store().webhooks();
    webhooks.create(&context, webhook, secret(1)).await.unwrap()
}

async fn switch(registry: &Session, webhook: &Webhook, enabled: bool) {
    let update = WebhookUpdate {
        enabled: Some(enabled),
        ..WebhookUpdate::default()
    };
    let context = registry.context();
    let webhooks = registry.store().webhooks();
    webhooks.update(&context, webhook.id, update).await.unwrap();
}

/// The events for which there are deliveries, in the order in which they were made.
async fn told(registry: &Session, webhook: &Webhook) -> Vec<i64> {
    let query = DeliveryQuery {
        webhook: Some(webhook.id),
        limit: Limit::Unlimited,
        ..DeliveryQuery::default()
    };
    let page = registry.store().webhooks().deliveries(&query).await.unwrap();
    let events = page.items.iter().rev().map(|delivery| delivery.event.unwrap().0);
    events.collect()
}

/// The ids of the events after the one of this number.
async fn events_after(registry: &Session, first: usize) -> Vec<i64> {
    let mut ids: Vec<i64> = registry.events().await.iter().map(|event| event.id.0).collect();
    ids.sort_unstable();
    ids.split_off(first)
}

pub(crate) async fn each_event_is_told_once(registry: Session) {
    let webhook = create(&registry, a_webhook("ci")).await;
    let mut sender = Sender::new(registry.shared_store()).await;
    for version in ["1.0.0", "1.1.0", "1.2.0"] {
        registry.register(a_model("gpt", version).tagged("a")).await;
    }
    assert_eq!(sender.fan_out(10, 6).await, 6);
    registry.register(a_model("gpt", "2.0.0")).await;
    assert_eq!(sender.fan_out(11, 1).await, 1);
    let nothing = sender.try_fan_out(12, 100).await.unwrap();
    assert_eq!((nothing.webhooks, nothing.events, nothing.deliveries), (1, 0, 0));
    assert_eq!(told(&registry, &webhook).await, events_after(&registry, 1).await);
}

pub(crate) async fn each_webhook_is_told(registry: Session) {
    let first = create(&registry, a_webhook("ci")).await;
    let second = create(&registry, a_webhook("chat")).await;
    let mut sender = Sender::new(registry.shared_store()).await;
    registry.register(a_model("gpt", "1.0.0").tagged("a")).await;
    // The first hears of the second, which does not hear of itself.
    assert_eq!(sender.fan_out(10, 3).await, 5);
    assert_eq!(told(&registry, &first).await, events_after(&registry, 1).await);
    assert_eq!(told(&registry, &second).await, events_after(&registry, 2).await);
}

pub(crate) async fn what_was_before_is_not_told(registry: Session) {
    registry.register(a_model("gpt", "1.0.0").tagged("a")).await;
    let webhook = create(&registry, a_webhook("ci")).await;
    let mut sender = Sender::new(registry.shared_store()).await;
    registry.register(a_model("gpt", "1.1.0")).await;
    assert_eq!(sender.fan_out(10, 1).await, 1);
    assert_eq!(told(&registry, &webhook).await, events_after(&registry, 3).await);
}

pub(crate) async fn what_happens_while_it_is_off_is_not_told(registry: Session) {
    let webhook = create(&registry, a_webhook("ci")).await;
    let other = create(&registry, a_webhook("chat").enabled(false)).await;
    let mut sender = Sender::new(registry.shared_store()).await;
    switch(&registry, &webhook, false).await;
    registry.register(a_model("gpt", "1.0.0")).await;
    switch(&registry, &other, true).await;
    registry.register(a_model("gpt", "1.1.0")).await;
    switch(&registry, &webhook, true).await;
    registry.register(a_model("gpt", "1.2.0")).await;
    assert_eq!(sender.fan_out(10, 3).await, 4);
    assert_eq!(told(&registry, &other).await, events_after(&registry, 5).await);
    assert_eq!(told(&registry, &webhook).await, events_after(&registry, 7).await);
}

pub(crate) async fn nobody_on_moves_nothing(registry: Session) {
    let mut sender = Sender::new(registry.shared_store()).await;
    registry.register(a_model("gpt", "1.0.0")).await;
    let webhook = create(&registry, a_webhook("ci").enabled(false)).await;
    let nothing = sender.try_fan_out(10, 100).await.unwrap();
    assert_eq!((nothing.webhooks, nothing.events, nothing.deliveries), (0, 0, 0));
    switch(&registry, &webhook, true).await;
    registry.register(a_model("gpt", "1.1.0")).await;
    assert_eq!(sender.fan_out(11, 1).await, 1);
}

pub(crate) async fn filters_choose(registry: Session) {
    let promotions = a_webhook("promotions").filter(only(&[EventKind::Promoted], &[], &["prod*"]));
    let promotions = create(&registry, promotions).await;
    let names = create(
        &registry,
        a_webhook("names").filter(only(&[], &["team-a/*"], &[])),
    )
    .await;
    let nothing = create(&registry, a_webhook("nothing").filter(only(&[], &["x"], &["y"]))).await;
    let mut sender = Sender::new(registry.shared_store()).await;
    let first = registry.register(a_model("team-a/gpt", "1.0.0")).await;
    let second = registry.register(a_model("team-b/gpt", "1.0.0")).await;
    registry.promote(&first, "production").await;
    registry.promote(&first, "staging").await;
    registry.promote(&second, "production").await;
    // Two of webhooks, two registered, three promoted, and the first lost one.
    assert_eq!(sender.fan_out(10, 8).await, 2 + 4);
    let all = registry.events().await;
    let mut chosen: Vec<_> = all
        .iter()
        .filter(|event| {
            event.kind == EventKind::Promoted && event.tag.as_ref().unwrap().as_str() == "production"
        })
        .map(|event| event.id.0)
        .collect();
    chosen.sort_unstable();
    assert_eq!(told(&registry, &promotions).await, chosen);
    let of_first =
        |event: &&registry_core::Event| event.model.as_ref().is_some_and(|model| model.id == first.id);
    let mut chosen: Vec<_> = all.iter().filter(of_first).map(|event| event.id.0).collect();
    chosen.sort_unstable();
    assert_eq!(told(&registry, &names).await, chosen);
    assert_eq!(told(&registry, &nothing).await, [0_i64; 0]);
}

pub(crate) async fn only_so_many_at_a_time(registry: Session) {
    let webhook = create(&registry, a_webhook("ci")).await;
    let mut sender = Sender::new(registry.shared_store()).await;
    for version in ["1.0.0", "1.1.0", "1.2.0"] {
        registry.register(a_model("gpt", version).tagged("a")).await;
    }
    for (looked_at, so_far) in [(4, 4), (2, 6), (0, 6)] {
        let done = sender.try_fan_out(10, 4).await.unwrap();
        assert_eq!((done.events, done.deliveries), (looked_at, looked_at));
        assert_eq!(told(&registry, &webhook).await.len(), so_far);
    }
}

pub(crate) async fn many_writers_and_two_who_send_at_once(registry: Session) {
    const WRITERS: usize = 6;
    const WRITES: usize = 6;
    let webhook = create(&registry, a_webhook("ci")).await;
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let store = registry.shared_store();
            let contexts: Vec<_> = (0..WRITES)
                .map(|write| registry.context().dry_run(write == 3))
                .collect();
            tokio::spawn(async move {
                for (write, context) in contexts.iter().enumerate() {
                    let model = a_model(&format!("gpt-{writer}"), &format!("1.{write}.0")).tagged("a");
                    store.register(context, model.build()).await.unwrap();
                }
            })
        })
        .collect();
    let count = WRITERS * (WRITES - 1) * 2;
    // Both under the same name, so that nothing but the cursor keeps them apart.
    let made: Vec<_> = (0..2)
        .map(|_| {
            let store = registry.shared_store();
            tokio::spawn(async move {
                let mut sender = Sender::new(store.clone()).await;
                let mut made = 0;
                let patience = tokio::time::Instant::now() + Duration::from_mins(1);
                loop {
                    let done = sender.try_fan_out(10, 7).await.unwrap();
                    made += done.deliveries;
                    let query = DeliveryQuery {
                        limit: Limit::Unlimited,
                        ..DeliveryQuery::default()
                    };
                    if store.webhooks().deliveries(&query).await.unwrap().items.len() >= count {
                        return made;
                    }
                    assert!(tokio::time::Instant::now() < patience, "events are missing");
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let mut sum = 0;
    for made in made {
        sum += made.await.unwrap();
    }
    assert_eq!(sum, count);
    assert_eq!(told(&registry, &webhook).await, events_after(&registry, 1).await);
}

pub(crate) async fn one_that_is_given_up_is_whole_or_not_there(registry: Session) {
    let webhook = create(&registry, a_webhook("ci")).await;
    let mut sender = Sender::new(registry.shared_store()).await;
    for polls in 0..40 {
        let version = format!("1.{polls}.0");
        registry.register(a_model("gpt", &version).tagged("a")).await;
        cut_off(polls, sender.try_fan_out(10, 100)).await;
        // Both events of the registration, or none.
        assert_eq!(told(&registry, &webhook).await.len() % 2, 0);
    }
    // It waits behind everything that is still under way.
    assert!(sender.hold(11, 1000).await);
    let so_far = told(&registry, &webhook).await.len();
    sender.fan_out(12, 80 - so_far).await;
    assert_eq!(told(&registry, &webhook).await, events_after(&registry, 1).await);
}
