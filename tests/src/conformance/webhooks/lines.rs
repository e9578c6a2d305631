//! What one webhook is told of one model arrives in the order of the events.

use super::fan_out::create;
use crate::sending::{Sender, a_webhook, only};
use crate::{Session, a_model};
use registry_core::{EventKind, PromotionScope};

pub(crate) async fn one_model_after_the_other_event(registry: Session) {
    create(&registry, a_webhook("ci")).await;
    let mut sender = Sender::new(registry.shared_store()).await;
    registry
        .register(a_model("gpt", "1.0.0").tagged("a").tagged("b"))
        .await;
    sender.fan_out(10, 3).await;
    for delivery in 1..=3 {
        assert_eq!(sender.due_ids(10).await, [delivery]);
        sender.delivered(10, delivery).await;
    }
    assert_eq!(sender.due_ids(10).await, [0_i64; 0]);
    // What comes later goes at once.
    registry.register(a_model("gpt", "1.1.0")).await;
    sender.fan_out(11, 1).await;
    assert_eq!(sender.due_ids(11).await, [4]);
}

pub(crate) async fn another_model_does_not_wait(registry: Session) {
    create(&registry, a_webhook("ci")).await;
    let mut sender = Sender::new(registry.shared_store()).await;
    for version in ["1.0.0", "1.1.0"] {
        registry.register(a_model("gpt", version).tagged("a")).await;
    }
    sender.fan_out(10, 4).await;
    assert_eq!(sender.due_ids(10).await, [1, 3]);
    sender.delivered(10, 3).await;
    assert_eq!(sender.due_ids(10).await, [1, 4]);
}

pub(crate) async fn events_without_a_model_follow_each_other(registry: Session) {
    create(&registry, a_webhook("ci")).await;
    let mut sender = Sender::new(registry.shared_store()).await;
    for scope in [PromotionScope::Name, PromotionScope::None] {
        let context = registry.context();
        registry
            .store()
            .set_promotion_scope(&context, scope)
            .await
            .unwrap();
    }
    sender.fan_out(10, 2).await;
    assert_eq!(sender.due_ids(10).await, [1]);
    sender.delivered(10, 1).await;
    assert_eq!(sender.due_ids(10).await, [2]);
}

pub(crate) async fn a_retry_holds_up_its_line(registry: Session) {
    create(&registry, a_webhook("ci")).await;
    let mut sender = Sender::new(registry.shared_store()).await;
    for version in ["1.0.0", "1.1.0"] {
        registry.register(a_model("gpt", version).tagged("a")).await;
    }
    sender.fan_out(10, 4).await;
    sender.failed(10, 1, 60).await;
    assert_eq!(sender.due_ids(59).await, [3]);
    assert_eq!(sender.due_ids(60).await, [1, 3]);
    sender.delivered(60, 1).await;
    assert_eq!(sender.due_ids(60).await, [2, 3]);
}

pub(crate) async fn a_dead_one_holds_up_nothing(registry: Session) {
    create(&registry, a_webhook("ci")).await;
    let mut sender = Sender::new(registry.shared_store()).await;
    registry.register(a_model("gpt", "1.0.0").tagged("a")).await;
    sender.fan_out(10, 2).await;
    sender.died(20, 1).await;
    assert_eq!(sender.due_ids(19).await, [0_i64; 0]);
    assert_eq!(sender.due_ids(20).await, [2]);
}

pub(crate) async fn each_webhook_has_its_own(registry: Session) {
    create(&registry, a_webhook("ci")).await;
    create(&registry, a_webhook("chat").filter(only(&[], &["gpt"], &[]))).await;
    let mut sender = Sender::new(registry.shared_store()).await;
    registry.register(a_model("gpt", "1.0.0").tagged("a")).await;
    // Of the second webhook, of the model, of its tag: each for the first, then for the second.
    assert_eq!(sender.fan_out(10, 3).await, 5);
    assert_eq!(sender.due_ids(10).await, [1, 2, 3]);
    sender.failed(10, 2, 60).await;
    sender.delivered(10, 3).await;
    assert_eq!(sender.due_ids(10).await, [1, 5]);
}

pub(crate) async fn tests_wait_for_nobody(registry: Session) {
    let webhook = create(&registry, a_webhook("ci")).await;
    let mut sender = Sender::new(registry.shared_store()).await;
    registry.register(a_model("gpt", "1.0.0").tagged("a")).await;
    sender.fan_out(10, 2).await;
    let context = registry.context();
    for _ in 0..2 {
        registry
            .store()
            .webhooks()
            .test(&context, webhook.id)
            .await
            .unwrap();
    }
    assert_eq!(sender.due_ids(10).await, [1, 3]);
    sender.delivered(10, 3).await;
    assert_eq!(sender.due_ids(10).await, [1, 4]);
}

pub(crate) async fn many_events_arrive_in_order(registry: Session) {
    create(
        &registry,
        a_webhook("ci").filter(only(&[EventKind::Promoted, EventKind::TagLost], &[], &[])),
    )
    .await;
    create(&registry, a_webhook("chat")).await;
    let mut sender = Sender::new(registry.shared_store()).await;
    let mut models = Vec::new();
    for version in ["1.0.0", "1.1.0", "1.2.0"] {
        models.push(registry.register(a_model("gpt", version)).await);
    }
    for turn in 0..10 {
        registry.promote(&models[turn % 3], "production").await;
    }
    // Of the second webhook, three registered, ten promoted, nine lost the tag.
    sender.fan_out(10, 1 + 3 + 10 + 9).await;
    let told = sender.deliver_all(10).await;
    assert_eq!(told.len(), 19 + 22);
    let events = registry.events().await;
    for webhook in [1, 2] {
        for model in &models {
            let of_model = |id: i64| {
                let event = events.iter().find(|event| event.id.0 == id);
                event.and_then(|event| event.model.as_ref()).map(|model| model.id) == Some(model.id)
            };
            let ids: Vec<i64> = told
                .iter()
                .filter(|(to, _)| *to == webhook)
                .filter_map(|(_, event)| *event)
                .filter(|id| of_model(*id))
                .collect();
            assert!(ids.is_sorted() && ids.len() > 5, "{ids:?}");
        }
    }
}
