//! Writes that expect a revision of their webhook: compare and set in one.

use registry_core::webhook::{Webhook, WebhookUpdate, Webhooks};
use registry_core::{Error, IdempotencyKey, Result, Revision, WebhookId, WriteContext};

use crate::sending::{a_webhook, only, secret};
use crate::{Session, at};

/// Every write that changes one webhook.
const WRITES: [&str; 4] = ["switch", "update", "rotate", "delete"];

fn hooks(registry: &Session) -> &dyn Webhooks {
    registry.store().webhooks()
}

async fn create(registry: &Session, name: &str) -> Webhook {
    let context = registry.context();
    let making = hooks(registry).create(&context, a_webhook(name), secret(1));
    making.await.unwrap()
}

fn expecting(registry: &Session, webhook: &Webhook) -> WriteContext {
    registry.context().expect(vec![webhook.revision().unwrap()])
}

/// Each writes something that no other writer writes.
async fn write(hooks: &dyn Webhooks, context: &WriteContext, id: WebhookId, verb: &str) -> Result<Webhook> {
    match verb {
        "switch" => {
            let enabled = Some(!hooks.get(id).await?.enabled);
            let update = WebhookUpdate {
                enabled,
                ..WebhookUpdate::default()
            };
            hooks.update(context, id, update).await
        }
        "update" => {
            let tag = format!("t{}", context.at.as_micros());
            let update = WebhookUpdate {
                filter: Some(only(&[], &[], &[tag.as_str()])),
                ..WebhookUpdate::default()
            };
            hooks.update(context, id, update).await
        }
        "rotate" => hooks.rotate_secret(context, id, secret(2), at(9)).await,
        _ => hooks.delete(context, id).await,
    }
}

pub(crate) async fn every_state_has_a_revision_of_its_own(registry: Session) {
    let webhook = create(&registry, "ci").await;
    let other = create(&registry, "chat").await;
    let mut seen = vec![webhook.revision().unwrap(), other.revision().unwrap()];
    for verb in ["switch", "switch", "update", "rotate", "rotate"] {
        let changed = write(hooks(&registry), &registry.context(), webhook.id, verb).await;
        let changed = changed.unwrap().revision().unwrap();
        let read = hooks(&registry).get(webhook.id).await.unwrap();
        assert_eq!(read.revision().unwrap(), changed);
        seen.push(changed);
    }
    let before = seen.len();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), before);
}

pub(crate) async fn as_expected_it_is_done(registry: Session) {
    let mut webhook = create(&registry, "ci").await;
    for verb in WRITES {
        let stale = Revision::of_json(b"other");
        let context = registry
            .context()
            .expect(vec![stale, webhook.revision().unwrap()]);
        webhook = write(hooks(&registry), &context, webhook.id, verb).await.unwrap();
    }
    assert_eq!(hooks(&registry).list().await.unwrap(), []);
}

pub(crate) async fn otherwise_nothing_is_done(registry: Session) {
    let seen = create(&registry, "ci").await;
    let now = write(hooks(&registry), &registry.context(), seen.id, "rotate").await;
    let now = now.unwrap();
    for verb in WRITES {
        let context = expecting(&registry, &seen);
        let attempt = write(hooks(&registry), &context, seen.id, verb);
        match registry.refused("webhook_changed", attempt).await {
            Error::WebhookChanged { webhook, revision } => {
                assert_eq!((webhook, revision), (seen.id, now.revision().unwrap()), "{verb}");
            }
            other => assert_eq!(other.code(), "webhook_changed"),
        }
        // So is a rehearsal, and whoever expects what is never there.
        for context in [context.dry_run(true), registry.context().expect(Vec::new())] {
            let attempt = write(hooks(&registry), &context, seen.id, verb);
            registry.refused("webhook_changed", attempt).await;
        }
    }
    assert_eq!(hooks(&registry).list().await.unwrap(), [now]);
    let unknown = WebhookId::try_from(77).unwrap();
    let attempt = hooks(&registry)
        .delete(&expecting(&registry, &seen), unknown)
        .await;
    assert_eq!(attempt.unwrap_err().code(), "webhook_not_found");
}

pub(crate) async fn an_answer_under_a_key_needs_no_revision(registry: Session) {
    let seen = create(&registry, "ci").await;
    let under = |webhook: &Webhook| {
        let key = IdempotencyKey::parse("k").unwrap();
        expecting(&registry, webhook).idempotency_key(key)
    };
    let rotate = async |context: &WriteContext| write(hooks(&registry), context, seen.id, "rotate").await;
    let first = rotate(&under(&seen)).await.unwrap();
    let again = under(&seen);
    assert_eq!(rotate(&again).await.unwrap(), first);
    assert!(again.is_replayed());
    // What is expected is a part of the request.
    registry
        .refused("idempotency_key_reused", rotate(&under(&first)))
        .await;
}

pub(crate) async fn of_many_who_saw_the_same_one_writes(registry: Session) {
    let seen = create(&registry, "ci").await;
    let writers = (0..8).map(|number| {
        let (store, id) = (registry.shared_store(), seen.id);
        let context = expecting(&registry, &seen);
        let verb = WRITES[1 + number % 2];
        tokio::spawn(async move { write(store.webhooks(), &context, id, verb).await })
    });
    let writers: Vec<_> = writers.collect();
    let mut done = Vec::new();
    for writer in writers {
        match writer.await.unwrap() {
            Ok(changed) => done.push(changed),
            Err(error) => assert_eq!(error.code(), "webhook_changed"),
        }
    }
    assert_eq!(done.len(), 1);
    assert_eq!(hooks(&registry).list().await.unwrap(), done);
}
