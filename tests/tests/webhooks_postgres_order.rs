//! Webhooks on PostgreSQL where commits come out of order, and where programs are cut off.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::sync::Arc;

use registry_core::webhook::{AttemptOutcome, DeliveryQuery, Recorded, Webhooks};
use registry_core::{RegistryStore, WriteContext};
use registry_postgres::PostgresStore;
use registry_tests::sending::{Sender, a_webhook, answered, secret};
use registry_tests::{PostgresRegistry, a_model, alice, at};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

const INSERT: &str = "
    INSERT INTO events (event_id, at, kind, actor)
    VALUES (nextval('event_ids'), 0, 'settings_changed', 'alice')
";

async fn run(connection: &mut PgConnection, statement: &str) {
    connection.execute(AssertSqlSafe(statement)).await.unwrap();
}

async fn with_webhook(store: &PostgresStore) -> Sender {
    let context = WriteContext::new(alice(), at(1));
    Webhooks::create(store, &context, a_webhook("ci"), secret(1))
        .await
        .unwrap();
    Sender::new(Arc::new(store.clone())).await
}

/// The events that are told, in the order in which their deliveries were made.
async fn told(store: &PostgresStore) -> Vec<i64> {
    let page = store.deliveries(&DeliveryQuery::default()).await.unwrap();
    let events = page.items.iter().rev().filter_map(|delivery| delivery.event);
    events.map(|event| event.0).collect()
}

#[tokio::test]
async fn a_slower_transaction_with_a_lower_id_is_not_skipped() {
    let registry = PostgresRegistry::new().await;
    let store = registry.open().await;
    let mut sender = with_webhook(&store).await;
    let (mut slow, mut fast) = (registry.connect().await, registry.connect().await);
    let mut slow = slow.begin().await.unwrap();
    run(&mut slow, INSERT).await;
    run(&mut fast, INSERT).await;
    // The event of the faster one can be seen, and is not told yet.
    for _ in 0..20 {
        let done = sender.try_fan_out(10, 100).await.unwrap();
        assert_eq!((done.webhooks, done.events, done.deliveries), (1, 0, 0));
    }
    slow.commit().await.unwrap();
    assert_eq!(sender.fan_out(11, 2).await, 2);
    // The first event made the webhook.
    assert_eq!(told(&store).await, [2, 3]);
}

#[tokio::test]
async fn another_who_takes_over_skips_nothing_either() {
    let registry = PostgresRegistry::new().await;
    let store = registry.open().await;
    let mut first = with_webhook(&store).await;
    let (mut slow, mut fast) = (registry.connect().await, registry.connect().await);
    let mut slow = slow.begin().await.unwrap();
    run(&mut slow, INSERT).await;
    run(&mut fast, INSERT).await;
    assert_eq!(first.try_fan_out(10, 100).await.unwrap().events, 0);
    let mut second = Sender::without_lease(Arc::new(registry.open().await), 2).await;
    assert!(second.hold(2000, 3000).await);
    assert_eq!(second.try_fan_out(2000, 100).await.unwrap().events, 0);
    slow.rollback().await.unwrap();
    assert_eq!(second.fan_out(2001, 1).await, 1);
    assert_eq!(
        first.try_fan_out(2001, 100).await.unwrap_err().code(),
        "lease_lost"
    );
    assert_eq!(told(&store).await, [3]);
}

/// What holds the lock ends without a commit, as at kill -9: nothing of it is there, and the next goes on.
#[tokio::test]
async fn what_is_cut_off_is_done_by_the_next() {
    let registry = PostgresRegistry::new().await;
    let store = registry.open().await;
    let mut sender = with_webhook(&store).await;
    let context = WriteContext::new(alice(), at(2));
    store
        .register(&context, a_model("gpt", "1.0.0").build())
        .await
        .unwrap();
    let mut dying = registry.connect().await;
    run(&mut dying, "BEGIN; SELECT id FROM webhook_state FOR UPDATE").await;
    run(
        &mut dying,
        "UPDATE webhook_state SET cursor_event_id = 99, last_delivery_id = 1;
         INSERT INTO webhook_deliveries (delivery_id, webhook_id, line, event_id, status, attempts, failures, created_at)
         VALUES (1, 1, 1, 2, 'pending', 0, 0, 0)",
    )
    .await;
    dying.close_hard().await.unwrap();
    assert_eq!(sender.fan_out(10, 1).await, 1);
    assert_eq!(told(&store).await, [2]);
    sender.delivered(11, 1).await;
}

/// Many records at once, of which each lets the next in its line go: no turn is lost.
#[tokio::test]
async fn records_at_once_lose_no_turn() {
    const MODELS: usize = 8;
    let registry = PostgresRegistry::new().await;
    let store = registry.open().await;
    let mut sender = with_webhook(&store).await;
    for model in 0..MODELS {
        let context = WriteContext::new(alice(), at(2));
        let model = a_model(&format!("gpt-{model}"), "1.0.0").tagged("a").tagged("b");
        store.register(&context, model.build()).await.unwrap();
    }
    sender.fan_out(10, MODELS * 3).await;
    for _ in 0..3 {
        let due = sender.due(10).await;
        assert_eq!(due.len(), MODELS);
        let records: Vec<_> = due
            .into_iter()
            .map(|due| {
                let (store, holder) = (store.clone(), sender.holder);
                tokio::spawn(async move {
                    let queue = store.webhook_queue().unwrap();
                    let (id, attempt) = (due.delivery.id, answered(10, 200));
                    queue
                        .record(holder, at(10), id, attempt, AttemptOutcome::Delivered)
                        .await
                })
            })
            .collect();
        for record in records {
            assert_eq!(record.await.unwrap().unwrap(), Recorded::Yes);
        }
    }
    assert_eq!(sender.due_ids(10).await, [0_i64; 0]);
}
