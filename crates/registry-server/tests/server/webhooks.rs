//! Webhooks as their receivers meet them: signed, tried again, in order, given up, sent again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use registry_core::Timestamp;
use registry_server::schema::{CreatedWebhook, Delivery, DeliveryDetail, DeliveryPage, Replayed, Webhook};
use registry_server::{Backoff, Reach, WebhookOptions};
use serde_json::{Value, json};

use crate::receiver::{Receiver, status};
use crate::running::Running;

/// Everything quick, and the receivers of the tests can be reached.
pub(crate) fn quick() -> WebhookOptions {
    WebhookOptions {
        reach: Reach {
            private: true,
            networks: Vec::new(),
        },
        backoff: Backoff::new([Duration::from_millis(40), Duration::from_millis(80)]),
        time: Duration::from_secs(20),
        // A busy machine must not lose it.
        lease: Duration::from_secs(20),
        pause: Duration::from_millis(20),
        ..WebhookOptions::default()
    }
}

pub(crate) async fn a_webhook(running: &Running, receiver: &Receiver) -> CreatedWebhook {
    let webhook = json!({ "name": "ci", "url": receiver.url() });
    running.post("/api/v1/webhooks", &webhook).await
}

async fn delivery(running: &Running, id: i64) -> DeliveryDetail {
    running.get(&format!("/api/v1/webhooks/deliveries/{id}")).await
}

/// Waits until a delivery has this status.
async fn finished(running: &Running, id: i64, status: &str) -> DeliveryDetail {
    loop {
        let detail = delivery(running, id).await;
        if detail.status == status {
            return detail;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn events_come_signed() {
    let receiver = Receiver::start().await;
    let running = Running::with_webhooks(quick()).await;
    running.register("before", "1.0.0").await;
    let webhook = a_webhook(&running, &receiver).await;
    let secret = webhook.secret.unwrap();
    let id = running.register("gpt", "1.0.0").await;
    let _: Value = running
        .post("/api/v1/tags/production/promote", &json!({ "model_id": id }))
        .await;
    let messages = receiver
        .wait_until(|messages| messages.iter().any(|message| message.body["type"] == "promoted"))
        .await;
    let now = Timestamp::now().as_micros() / 1_000_000;
    for message in &messages {
        assert!(message.is_signed_by(&secret), "{message:?}");
        assert!(!message.is_signed_by("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
        assert!((now - 60..=now).contains(&message.seconds), "{message:?}");
        assert_ne!(message.told(), "registered before");
    }
    let events: Value = running.get("/api/v1/events").await;
    let promoted = messages.iter().find(|message| message.body["type"] == "promoted");
    let promoted = &promoted.unwrap().body;
    assert_eq!(promoted["data"], events["events"][0]);
    assert_eq!(promoted["timestamp"], events["events"][0]["at"]);
    // What was received is known of.
    let page: DeliveryPage = running
        .get(&format!("/api/v1/webhooks/{}/deliveries", webhook.webhook_id))
        .await;
    let last = finished(&running, page.deliveries[0].delivery_id, "delivered").await;
    assert_eq!((last.attempts, last.last_status), (1, Some(204)));
    assert_eq!(last.history[0].status, Some(204));
    assert_eq!(last.history[0].error, None);
}

#[tokio::test]
async fn a_filter_leaves_out_the_rest() {
    let receiver = Receiver::start().await;
    let running = Running::with_webhooks(quick()).await;
    let filter = json!({ "kinds": ["registered"], "names": ["team-a/*"] });
    let webhook = json!({ "name": "a", "url": receiver.url(), "filter": filter });
    let _: CreatedWebhook = running.post("/api/v1/webhooks", &webhook).await;
    running.register("team-b/gpt", "1.0.0").await;
    let id = running.register("team-a/gpt", "1.0.0").await;
    let retire = format!("/api/v1/models/{id}/retire");
    let _: Value = running.post(&retire, &json!({})).await;
    running.register("team-a/gpt", "1.1.0").await;
    let messages = receiver.wait_for(2).await;
    assert_eq!(messages.len(), 2);
    assert_eq!(
        receiver.told(),
        ["registered team-a/gpt", "registered team-a/gpt"]
    );
}

#[tokio::test]
async fn a_failure_is_tried_again_after_a_pause() {
    let times = AtomicUsize::new(0);
    let receiver = Receiver::answering(move |_| match times.fetch_add(1, Ordering::Relaxed) {
        0 | 1 => status(500),
        _ => status(200),
    })
    .await;
    let running = Running::with_webhooks(quick()).await;
    let webhook = a_webhook(&running, &receiver).await;
    let test = format!("/api/v1/webhooks/{}/test", webhook.webhook_id);
    let test: Delivery = running.post(&test, &json!({})).await;
    let done = finished(&running, test.delivery_id, "delivered").await;
    let of_test = |message: &&crate::receiver::Message| message.body["type"] == "test";
    let messages = receiver.messages();
    let messages: Vec<_> = messages.iter().filter(of_test).collect();
    // The event that tells of the webhook itself may have had the failures.
    let attempts = u32::try_from(messages.len()).unwrap();
    assert_eq!(done.attempts, attempts);
    for pair in messages.windows(2) {
        assert_eq!(pair[0].id, pair[1].id);
        // The shortest pause, less a quarter.
        assert!(
            pair[1].at - pair[0].at >= Duration::from_millis(30),
            "{messages:?}"
        );
    }
    for failed in &done.history[..done.history.len() - 1] {
        let said = failed.error.as_deref().unwrap();
        assert_eq!(said, "the receiver answered 500 Internal Server Error");
    }
}

#[tokio::test]
async fn models_keep_their_order_and_hold_up_nobody_else() {
    let failures = Arc::new(AtomicUsize::new(0));
    let left = Arc::clone(&failures);
    let receiver = Receiver::answering(move |message| {
        let slow = message.told() == "registered slow";
        if slow && left.fetch_add(1, Ordering::Relaxed) < 2 {
            return status(503);
        }
        status(200)
    })
    .await;
    let running = Running::with_webhooks(quick()).await;
    a_webhook(&running, &receiver).await;
    let slow = running.register("slow", "1.0.0").await;
    let retire = format!("/api/v1/models/{slow}/retire");
    let _: Value = running.post(&retire, &json!({})).await;
    running.register("quick", "1.0.0").await;
    let messages = receiver
        .wait_until(|messages| messages.iter().any(|message| message.told() == "retired slow"))
        .await;
    let told: Vec<String> = messages.iter().map(crate::receiver::Message::told).collect();
    let place = |what: &str| told.iter().position(|told| told == what).unwrap();
    let last = |what: &str| told.iter().rposition(|told| told == what).unwrap();
    assert!(last("registered slow") < place("retired slow"), "{told:?}");
    assert!(place("registered quick") < last("registered slow"), "{told:?}");
    let tries = told.iter().filter(|told| *told == "registered slow").count();
    assert_eq!(tries, 3);
}

/// More deliveries wait for receivers that hang than there are places, and not one of them is answered: another webhook
/// is told everything meanwhile.
#[tokio::test]
async fn receivers_that_hang_hold_up_no_others() {
    const MODELS: usize = 12;
    let options = WebhookOptions {
        at_once: 4,
        at_once_each: 4,
        // Nothing in this test waits for it.
        time: Duration::from_mins(10),
        stop_time: Duration::ZERO,
        ..quick()
    };
    let running = Running::with_webhooks(options).await;
    let mut stuck = Vec::new();
    for name in ["stuck-1", "stuck-2"] {
        let receiver = Receiver::stuck().await;
        let webhook = json!({ "name": name, "url": receiver.url(), "filter": { "kinds": ["registered"] } });
        let _: CreatedWebhook = running.post("/api/v1/webhooks", &webhook).await;
        stuck.push(receiver);
    }
    for model in 0..MODELS {
        running.register(&format!("before-{model}"), "1.0.0").await;
    }
    // One takes all places that are shared, or both divide them.
    for receiver in &stuck {
        receiver.wait_for(1).await;
    }
    let receiver = Receiver::start().await;
    let webhook = json!({ "name": "ci", "url": receiver.url(), "filter": { "kinds": ["registered"] } });
    let _: CreatedWebhook = running.post("/api/v1/webhooks", &webhook).await;
    for model in 0..MODELS {
        running.register(&format!("gpt-{model}"), "1.0.0").await;
    }
    receiver.wait_for(MODELS).await;
    let hanging: usize = stuck.iter().map(|receiver| receiver.messages().len()).sum();
    // One of each, and those that are shared, at most.
    assert!(hanging <= 2 + 4, "{hanging}");
    let page: DeliveryPage = running
        .get("/api/v1/webhooks/deliveries?status=delivered&limit=100")
        .await;
    let delivered: Vec<i64> = page
        .deliveries
        .iter()
        .map(|delivery| delivery.webhook_id)
        .collect();
    assert!(delivered.iter().all(|webhook| *webhook == 3), "{delivered:?}");
}

#[tokio::test]
async fn what_is_given_up_holds_up_nothing_and_can_be_sent_again() {
    let broken = Arc::new(AtomicUsize::new(1));
    let is_broken = Arc::clone(&broken);
    let receiver = Receiver::answering(move |message| {
        let dies = message.body["type"] == "registered" && is_broken.load(Ordering::Relaxed) == 1;
        status(if dies { 400 } else { 200 })
    })
    .await;
    let running = Running::with_webhooks(quick()).await;
    let webhook = a_webhook(&running, &receiver).await;
    let id = running.register("gpt", "1.0.0").await;
    let retire = format!("/api/v1/models/{id}/retire");
    let _: Value = running.post(&retire, &json!({})).await;
    receiver
        .wait_until(|messages| messages.iter().any(|message| message.told() == "retired gpt"))
        .await;
    let dead = format!("/api/v1/webhooks/{}/deliveries?status=dead", webhook.webhook_id);
    let page: DeliveryPage = running.get(&dead).await;
    let [dead] = &page.deliveries[..] else {
        panic!("{page:?}");
    };
    assert_eq!((dead.attempts, dead.last_status), (3, Some(400)));
    assert!(dead.finished_at.is_some() && dead.next_attempt_at.is_none());
    // One that was fixed gets it, under the same id.
    broken.store(0, Ordering::Relaxed);
    let replay = format!("/api/v1/webhooks/{}/replay", webhook.webhook_id);
    let rehearsed: Replayed = running.post(&format!("{replay}?dry_run=true"), &json!({})).await;
    assert_eq!((rehearsed.deliveries, rehearsed.dry_run), (1, Some(true)));
    let replayed: Replayed = running.post(&replay, &json!({})).await;
    assert_eq!(replayed.deliveries, 1);
    finished(&running, dead.delivery_id, "delivered").await;
    let ids: Vec<String> = receiver
        .messages()
        .iter()
        .filter(|message| message.told() == "registered gpt")
        .map(|message| message.id.clone())
        .collect();
    assert_eq!(ids, vec![format!("msg_{}", dead.delivery_id); 4]);
    // So does a single one that was received already.
    let one = format!("/api/v1/webhooks/deliveries/{}/replay", dead.delivery_id);
    let replayed: Replayed = running.post(&one, &json!({})).await;
    assert_eq!(replayed.deliveries, 1);
    receiver
        .wait_until(|messages| {
            messages
                .iter()
                .filter(|message| message.told() == "registered gpt")
                .count()
                == 5
        })
        .await;
}

#[tokio::test]
async fn a_receiver_that_is_gone_for_good_is_left_alone() {
    let receiver = Receiver::answering(|_| status(410)).await;
    let running = Running::with_webhooks(quick()).await;
    let webhook = a_webhook(&running, &receiver).await;
    let test = format!("/api/v1/webhooks/{}/test", webhook.webhook_id);
    let test: Delivery = running.post(&test, &json!({})).await;
    let webhook = format!("/api/v1/webhooks/{}", webhook.webhook_id);
    let off = loop {
        let webhook: Webhook = running.get(&webhook).await;
        if !webhook.enabled {
            break webhook;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    assert!(off.gone_at.is_some());
    assert_eq!(off.updated_by, "registry");
    let waits = delivery(&running, test.delivery_id).await;
    assert_eq!((waits.status.as_str(), waits.attempts), ("pending", 1));
    assert_eq!(waits.last_status, Some(410));
    // Turned on again it is called again, and off again when it is still gone.
    let on = running.asked("PATCH", &webhook).json(&json!({ "enabled": true }));
    let on: Webhook = crate::running::read(on.send().await.unwrap()).await;
    assert_eq!((on.enabled, on.gone_at), (true, None));
    receiver.wait_until(|messages| messages.len() == 2).await;
}

#[tokio::test]
async fn a_receiver_that_asks_for_time_gets_it() {
    let receiver = Receiver::answering(|_| {
        let mut response = status(429);
        response.headers_mut().insert("retry-after", 3600.into());
        response
    })
    .await;
    let pauses = [Duration::from_millis(1), Duration::from_hours(2)];
    let options = WebhookOptions {
        backoff: Backoff::new(pauses),
        ..quick()
    };
    let running = Running::with_webhooks(options).await;
    let webhook = a_webhook(&running, &receiver).await;
    let test = format!("/api/v1/webhooks/{}/test", webhook.webhook_id);
    let test: Delivery = running.post(&test, &json!({})).await;
    let tried = loop {
        let detail = delivery(&running, test.delivery_id).await;
        if detail.attempts == 1 {
            break detail;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    let next = Timestamp::parse(tried.next_attempt_at.as_deref().unwrap()).unwrap();
    let wait = next.as_micros() - Timestamp::now().as_micros();
    assert!(wait > 3_500 * 1_000_000, "{tried:?}");
}

#[tokio::test]
async fn rotation_signs_with_both_secrets_for_a_while() {
    let receiver = Receiver::start().await;
    let running = Running::with_webhooks(quick()).await;
    let webhook = a_webhook(&running, &receiver).await;
    let (id, first) = (webhook.webhook_id, webhook.secret.unwrap());
    let rotate = format!("/api/v1/webhooks/{id}/rotate");
    let test = format!("/api/v1/webhooks/{id}/test");
    let tested = async || {
        let test: Delivery = running.post(&test, &json!({})).await;
        finished(&running, test.delivery_id, "delivered").await;
        // The webhook hears of its own changes too, at the same time.
        let id = format!("msg_{}", test.delivery_id);
        let mut messages = receiver.messages().into_iter();
        messages.find(|message| message.id == id).unwrap()
    };
    let rotated: CreatedWebhook = running.post(&rotate, &json!({})).await;
    let second = rotated.secret.unwrap();
    assert_ne!(first, second);
    let message = tested().await;
    assert!(message.is_signed_by(&first) && message.is_signed_by(&second));
    assert_eq!(message.signatures.len(), 2);
    // At once, and with a secret of one's own.
    let own = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let past = json!({ "secret": own, "old_until": "2020-01-01T00:00:00Z" });
    let rotated: CreatedWebhook = running.post(&rotate, &past).await;
    assert_eq!(rotated.secret.as_deref(), Some(own));
    let message = tested().await;
    assert!(message.is_signed_by(own) && !message.is_signed_by(&second));
    assert_eq!(message.signatures.len(), 1);
}

#[tokio::test]
async fn one_that_is_off_is_told_of_nothing() {
    let receiver = Receiver::start().await;
    let running = Running::with_webhooks(quick()).await;
    let webhook = a_webhook(&running, &receiver).await;
    let path = format!("/api/v1/webhooks/{}", webhook.webhook_id);
    let switch = async |on: bool| {
        let request = running.asked("PATCH", &path).json(&json!({ "enabled": on }));
        let answer: Value = crate::running::read(request.send().await.unwrap()).await;
        assert_eq!(answer["enabled"], on);
    };
    switch(false).await;
    running.register("unseen", "1.0.0").await;
    switch(true).await;
    running.register("seen", "1.0.0").await;
    receiver
        .wait_until(|messages| messages.iter().any(|message| message.told() == "registered seen"))
        .await;
    assert!(!receiver.told().contains(&"registered unseen".to_owned()));
}
