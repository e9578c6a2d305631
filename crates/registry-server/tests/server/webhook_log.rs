//! What the log and the metrics tell of webhooks that nobody sends any more.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use registry_core::webhook::WebhookUpdate;
use registry_core::{Timestamp, WebhookId, WriteContext};
use registry_server::schema::CreatedWebhook;
use registry_server::{Backoff, WebhookOptions};
use serde_json::{Value, json};

use crate::receiver::{Receiver, status};
use crate::running::Running;
use crate::webhook_pages::wait_for;
use crate::webhooks::quick;

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Waits for the line that holds this.
    async fn line(&self, text: &str) -> String {
        let looking = async {
            loop {
                let log = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
                if let Some(line) = log.lines().find(|line| line.contains(text)) {
                    return line.to_owned();
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let found = tokio::time::timeout(Duration::from_mins(1), looking).await;
        found.unwrap_or_else(|_| panic!("nothing tells: {text}"))
    }
}

#[tokio::test]
async fn what_is_given_up_and_who_is_gone_is_logged_and_counted() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let options = WebhookOptions {
        backoff: Backoff::new([]),
        ..quick()
    };
    let running = Running::with_webhooks(options).await;
    let (failing, gone) = (
        Receiver::answering(|_| status(500)).await,
        Receiver::answering(|_| status(410)).await,
    );
    let mut secrets = vec!["hidden".to_owned()];
    for (name, receiver) in [("ci", &failing), ("chat", &gone)] {
        let url = format!("{}?token=hidden", receiver.url());
        // It is told of the tests alone.
        let webhook = json!({ "name": name, "url": url, "filter": { "kinds": ["promoted"] } });
        let webhook: CreatedWebhook = running.post("/api/v1/webhooks", &webhook).await;
        secrets.extend(webhook.secret);
        let test = format!("/api/v1/webhooks/{}/test", webhook.webhook_id);
        let _: Value = running.post(&test, &json!({})).await;
    }
    let lines = [
        (
            log.line("a webhook delivery was given up").await,
            &failing,
            "webhook=1",
            "delivery=1",
            "the receiver answered 500",
        ),
        (
            log.line("a webhook was turned off").await,
            &gone,
            "webhook=2",
            "delivery=2",
            "the receiver answered 410",
        ),
    ];
    for (line, receiver, webhook, delivery, reason) in lines {
        let host = receiver.url();
        let host = format!("host=\"{}\"", host.trim_end_matches("/hook"));
        for part in ["WARN", webhook, &host, delivery, reason] {
            assert!(line.contains(part), "{part}: {line}");
        }
        for secret in &secrets {
            assert!(!line.contains(secret), "{line}");
        }
    }
    let metrics = running.metrics().await;
    for outcome in ["dead", "gone"] {
        let counted = format!("registry_webhook_attempts_total{{outcome=\"{outcome}\"}} 1");
        assert!(metrics.lines().any(|line| line == counted), "{metrics}");
    }
}

/// While it is called it is changed: what the receiver says is about what it was before.
#[tokio::test(flavor = "multi_thread")]
async fn one_that_stays_on_is_not_counted_as_turned_off() {
    let running = Running::with_webhooks(quick()).await;
    let (store, first) = (Arc::clone(&running.store), AtomicBool::new(true));
    let change = async move || {
        let context = WriteContext::new("root".parse().unwrap(), Timestamp::now());
        let update = WebhookUpdate {
            name: Some("mended".parse().unwrap()),
            ..WebhookUpdate::default()
        };
        let id = WebhookId::try_from(1).unwrap();
        store.webhooks().update(&context, id, update).await.unwrap();
    };
    let receiver = Receiver::answering(move |_| {
        if !first.swap(false, Ordering::Relaxed) {
            return status(204);
        }
        tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(change()));
        status(410)
    })
    .await;
    let webhook = json!({ "name": "ci", "url": receiver.url(), "filter": { "kinds": ["promoted"] } });
    let _: CreatedWebhook = running.post("/api/v1/webhooks", &webhook).await;
    let _: Value = running.post("/api/v1/webhooks/1/test", &json!({})).await;
    receiver.wait_for(2).await;
    wait_for(&running, "delivered", 1).await;
    let metrics = running.metrics().await;
    for (outcome, count) in [("gone", 0), ("retry", 1)] {
        let counted = format!("registry_webhook_attempts_total{{outcome=\"{outcome}\"}} {count}");
        assert!(metrics.lines().any(|line| line == counted), "{metrics}");
    }
}
