//! Making, changing and deleting webhooks.

use registry_core::search::Count;
use registry_core::webhook::{
    COUNTED_DELIVERIES, DeliveryQuery, DeliveryStatus, MAX_WEBHOOKS, Replay, Webhook, WebhookStanding,
    WebhookUpdate, Webhooks,
};
use registry_core::{DeliveryId, EventKind, Limit, WebhookId};
use serde_json::json;

use crate::sending::{a_webhook, only, secret};
use crate::{Session, alice, at};

fn hooks(registry: &Session) -> &dyn Webhooks {
    registry.store().webhooks()
}

async fn create(registry: &Session, name: &str) -> Webhook {
    let context = registry.context();
    hooks(registry)
        .create(&context, a_webhook(name), secret(1))
        .await
        .unwrap()
}

fn nobody() -> WebhookId {
    WebhookId::try_from(77).unwrap()
}

pub(crate) async fn an_empty_registry_has_none(registry: Session) {
    assert_eq!(hooks(&registry).list().await.unwrap(), []);
    let page = hooks(&registry)
        .deliveries(&DeliveryQuery::default())
        .await
        .unwrap();
    assert_eq!((page.items, page.next), (vec![], None));
}

pub(crate) async fn has_what_it_was_given(registry: Session) {
    let filter = only(
        &[EventKind::Promoted, EventKind::Deleted],
        &["team-a/*"],
        &["prod*", "a b"],
    );
    let new = a_webhook("chat, team a").filter(filter.clone()).enabled(false);
    let context = registry.context();
    let made = hooks(&registry)
        .create(&context, new.clone(), secret(1))
        .await
        .unwrap();
    let expected = Webhook {
        id: made.id,
        name: new.name,
        url: new.url,
        filter,
        enabled: false,
        old_secret_until: None,
        gone_at: None,
        created_at: at(1),
        created_by: alice(),
        updated_at: at(1),
        updated_by: alice(),
    };
    assert_eq!(made, expected);
    assert_eq!(hooks(&registry).get(made.id).await.unwrap(), expected);
    assert_eq!(hooks(&registry).list().await.unwrap(), [expected]);
}

pub(crate) async fn is_listed_by_the_bytes_of_its_name(registry: Session) {
    for name in ["b", "ä", "a", "B", "a b"] {
        create(&registry, name).await;
    }
    let all = hooks(&registry).list().await.unwrap();
    let names: Vec<&str> = all.iter().map(|webhook| webhook.name.as_str()).collect();
    assert_eq!(names, ["B", "a", "a b", "b", "ä"]);
}

pub(crate) async fn a_name_is_taken_once(registry: Session) {
    let (first, second) = (create(&registry, "ci").await, create(&registry, "chat").await);
    let context = registry.context();
    let again = hooks(&registry).create(&context, a_webhook("ci"), secret(2));
    registry.refused("webhook_exists", again).await;
    let update = WebhookUpdate {
        name: Some(first.name),
        ..WebhookUpdate::default()
    };
    let renaming = hooks(&registry).update(&context, second.id, update);
    registry.refused("webhook_exists", renaming).await;
    assert_eq!(hooks(&registry).list().await.unwrap().len(), 2);
}

pub(crate) async fn there_are_at_most_a_hundred(registry: Session) {
    for number in 0..MAX_WEBHOOKS {
        create(&registry, &format!("hook {number}")).await;
    }
    let context = registry.context();
    let beyond = hooks(&registry).create(&context, a_webhook("beyond"), secret(1));
    registry.refused("too_many_webhooks", beyond).await;
}

pub(crate) async fn each_field_is_changed(registry: Session) {
    let old = create(&registry, "ci").await;
    let updates = [
        WebhookUpdate {
            name: Some("build".parse().unwrap()),
            ..WebhookUpdate::default()
        },
        WebhookUpdate {
            url: Some("http://192.0.2.7:8080/in".parse().unwrap()),
            ..WebhookUpdate::default()
        },
        WebhookUpdate {
            filter: Some(only(&[EventKind::Retired], &[], &[])),
            ..WebhookUpdate::default()
        },
        WebhookUpdate {
            enabled: Some(false),
            ..WebhookUpdate::default()
        },
    ];
    let mut expected = old.clone();
    for update in updates {
        let context = registry.context();
        let new = hooks(&registry)
            .update(&context, old.id, update.clone())
            .await
            .unwrap();
        expected.name = update.name.unwrap_or(expected.name);
        expected.url = update.url.unwrap_or(expected.url);
        expected.filter = update.filter.unwrap_or(expected.filter);
        expected.enabled = update.enabled.unwrap_or(expected.enabled);
        expected.updated_at = context.at;
        assert_eq!(new, expected);
        assert_eq!(hooks(&registry).get(old.id).await.unwrap(), expected);
    }
}

pub(crate) async fn an_empty_update_is_refused(registry: Session) {
    let webhook = create(&registry, "ci").await;
    let context = registry.context();
    let empty = hooks(&registry).update(&context, webhook.id, WebhookUpdate::default());
    registry.refused("empty_update", empty).await;
}

pub(crate) async fn what_is_there_already_changes_nothing(registry: Session) {
    let webhook = create(&registry, "ci").await;
    let context = registry.context();
    let same = WebhookUpdate {
        name: Some(webhook.name.clone()),
        enabled: Some(true),
        ..WebhookUpdate::default()
    };
    let answer = registry
        .unchanged(hooks(&registry).update(&context, webhook.id, same))
        .await;
    assert_eq!(answer, webhook);
}

pub(crate) async fn an_unknown_one_is_refused(registry: Session) {
    let hooks = hooks(&registry);
    let context = registry.context();
    let off = WebhookUpdate {
        enabled: Some(false),
        ..WebhookUpdate::default()
    };
    let code = "webhook_not_found";
    registry.refused(code, hooks.get(nobody())).await;
    registry
        .refused(code, hooks.update(&context, nobody(), off))
        .await;
    registry
        .refused(code, hooks.rotate_secret(&context, nobody(), secret(2), at(9)))
        .await;
    registry.refused(code, hooks.delete(&context, nobody())).await;
    registry.refused(code, hooks.test(&context, nobody())).await;
    registry
        .refused(code, hooks.replay(&context, Replay::Dead(nobody())))
        .await;
    registry
        .refused(code, hooks.replay(&context, Replay::Since(nobody(), at(0))))
        .await;
    let delivery = DeliveryId::try_from(77).unwrap();
    registry
        .refused("delivery_not_found", hooks.delivery(delivery))
        .await;
    let replay = hooks.replay(&context, Replay::Delivery(delivery));
    registry.refused("delivery_not_found", replay).await;
}

pub(crate) async fn an_id_is_not_used_again(registry: Session) {
    let first = create(&registry, "ci").await;
    let context = registry.context();
    let test = hooks(&registry).test(&context, first.id).await.unwrap();
    let deleted = hooks(&registry).delete(&context, first.id).await.unwrap();
    assert_eq!(deleted, first);
    let second = create(&registry, "ci").await;
    assert!(second.id > first.id);
    assert!(hooks(&registry).test(&context, second.id).await.unwrap().id > test.id);
}

pub(crate) async fn leaves_its_events(registry: Session) {
    let webhook = create(&registry, "ci").await;
    let event = registry.last_event().await;
    assert_eq!((event.kind, &event.model), (EventKind::SettingsChanged, &None));
    assert_eq!(event.before, json!(null));
    let everything = json!({ "kinds": [], "names": [], "tags": [] });
    let whole = json!({ "webhook": {
        "name": "ci", "target": "https://hooks.example", "filter": everything, "enabled": true,
    } });
    assert_eq!(event.after, whole);

    let update = WebhookUpdate {
        url: Some("https://other.example:444/secret".parse().unwrap()),
        enabled: Some(false),
        ..WebhookUpdate::default()
    };
    let context = registry.context();
    hooks(&registry)
        .update(&context, webhook.id, update)
        .await
        .unwrap();
    let event = registry.last_event().await;
    let side = |target: &str, enabled: bool| json!({ "webhook": { "name": "ci", "target": target, "enabled": enabled } });
    assert_eq!(event.before, side("https://hooks.example", true));
    assert_eq!(event.after, side("https://other.example:444", false));

    let rotating = hooks(&registry).rotate_secret(&context, webhook.id, secret(2), at(9));
    assert_eq!(rotating.await.unwrap().old_secret_until, Some(at(9)));
    let event = registry.last_event().await;
    assert_eq!(event.before, json!(null));
    assert_eq!(
        event.after,
        json!({ "webhook": { "name": "ci", "secret": "rotated" } })
    );

    hooks(&registry).delete(&context, webhook.id).await.unwrap();
    let event = registry.last_event().await;
    let whole = json!({ "webhook": {
        "name": "ci", "target": "https://other.example:444", "filter": everything, "enabled": false,
    } });
    assert_eq!((event.before, event.after), (whole, json!(null)));
}

pub(crate) async fn a_rehearsal_changes_nothing(registry: Session) {
    let webhook = create(&registry, "ci").await;
    let hooks = hooks(&registry);
    let context = registry.context().dry_run(true);
    let off = WebhookUpdate {
        enabled: Some(false),
        ..WebhookUpdate::default()
    };
    let made = registry
        .unchanged(hooks.create(&context, a_webhook("chat"), secret(2)))
        .await;
    assert_eq!(made.name.as_str(), "chat");
    assert!(
        !registry
            .unchanged(hooks.update(&context, webhook.id, off))
            .await
            .enabled
    );
    registry
        .unchanged(hooks.rotate_secret(&context, webhook.id, secret(2), at(9)))
        .await;
    registry.unchanged(hooks.test(&context, webhook.id)).await;
    registry.unchanged(hooks.delete(&context, webhook.id)).await;
    assert_eq!(hooks.list().await.unwrap(), [webhook]);
    let page = hooks.deliveries(&DeliveryQuery::default()).await.unwrap();
    assert_eq!(page.items, []);
}

pub(crate) async fn a_key_makes_one(registry: Session) {
    let context = registry.context().idempotency_key("once".parse().unwrap());
    let first = hooks(&registry)
        .create(&context, a_webhook("ci"), secret(1))
        .await
        .unwrap();
    assert!(!context.is_replayed());
    let again = hooks(&registry)
        .create(&context, a_webhook("ci"), secret(2))
        .await
        .unwrap();
    assert!(context.is_replayed());
    assert_eq!(again, first);
    let other = hooks(&registry).create(&context, a_webhook("chat"), secret(1));
    registry.refused("idempotency_key_reused", other).await;
    let context = registry.context().idempotency_key("test".parse().unwrap());
    let test = hooks(&registry).test(&context, first.id).await.unwrap();
    assert_eq!(hooks(&registry).test(&context, first.id).await.unwrap(), test);
    let all = hooks(&registry)
        .deliveries(&DeliveryQuery::default())
        .await
        .unwrap();
    assert_eq!(all.items, [test]);
}

pub(crate) async fn a_test_waits(registry: Session) {
    let webhook = create(&registry, "ci").await;
    let context = registry.context();
    let test = hooks(&registry).test(&context, webhook.id).await.unwrap();
    assert_eq!((test.webhook, test.status), (webhook.id, DeliveryStatus::Pending));
    assert_eq!((test.event, test.kind, &test.model), (None, None, &None));
    assert_eq!((test.attempts, test.failures), (0, 0));
    assert_eq!(
        (test.next_attempt_at, test.created_at),
        (Some(context.at), context.at)
    );
    let detail = hooks(&registry).delivery(test.id).await.unwrap();
    assert_eq!((&detail.delivery, detail.history.len()), (&test, 0));
    let page = hooks(&registry)
        .deliveries(&DeliveryQuery::default())
        .await
        .unwrap();
    assert_eq!(page.items, [test]);
}

pub(crate) async fn deletion_takes_the_deliveries_along(registry: Session) {
    let (first, second) = (create(&registry, "ci").await, create(&registry, "chat").await);
    let context = registry.context();
    let gone = hooks(&registry).test(&context, first.id).await.unwrap();
    let stays = hooks(&registry).test(&context, second.id).await.unwrap();
    hooks(&registry).delete(&context, first.id).await.unwrap();
    registry
        .refused("delivery_not_found", hooks(&registry).delivery(gone.id))
        .await;
    let page = hooks(&registry)
        .deliveries(&DeliveryQuery::default())
        .await
        .unwrap();
    assert_eq!(page.items, [stays]);
}

pub(crate) async fn pages_of_deliveries(registry: Session) {
    let (first, second) = (create(&registry, "ci").await, create(&registry, "chat").await);
    let context = registry.context();
    let mut made = Vec::new();
    for number in 0..7 {
        let webhook = if number % 3 == 0 { first.id } else { second.id };
        made.push(hooks(&registry).test(&context, webhook).await.unwrap());
    }
    made.reverse();
    for webhook in [None, Some(first.id), Some(second.id)] {
        for status in [None, Some(DeliveryStatus::Pending), Some(DeliveryStatus::Dead)] {
            let expected: Vec<DeliveryId> = made
                .iter()
                .filter(|delivery| webhook.is_none_or(|webhook| delivery.webhook == webhook))
                .filter(|_| status != Some(DeliveryStatus::Dead))
                .map(|delivery| delivery.id)
                .collect();
            for limit in [1, 2, 3, 7, 50] {
                let mut query = DeliveryQuery {
                    webhook,
                    status,
                    limit: Limit::AtMost(limit),
                    before: None,
                };
                let mut seen = Vec::new();
                loop {
                    let page = hooks(&registry).deliveries(&query).await.unwrap();
                    assert!(page.items.len() <= limit as usize);
                    seen.extend(page.items.iter().map(|delivery| delivery.id));
                    query.before = page.next;
                    if page.next.is_none() {
                        break;
                    }
                }
                assert_eq!(seen, expected, "{query:?}");
            }
        }
    }
}

pub(crate) async fn standings_say_what_waits(registry: Session) {
    assert_eq!(hooks(&registry).standings().await.unwrap(), []);
    let (busy, idle) = (create(&registry, "b").await, create(&registry, "a").await);
    for waiting in [49, 50, 51] {
        let context = registry.context();
        let tests = if waiting == 49 { 49 } else { 1 };
        for _ in 0..tests {
            hooks(&registry).test(&context, busy.id).await.unwrap();
        }
        let expected = [(&idle, 0), (&busy, waiting)].map(|(webhook, waiting)| WebhookStanding {
            webhook: webhook.clone(),
            pending: Count::bounded(waiting, Some(COUNTED_DELIVERIES.into())),
            dead: Count::Exactly(0),
            last: None,
        });
        assert_eq!(hooks(&registry).standings().await.unwrap(), expected);
    }
}
