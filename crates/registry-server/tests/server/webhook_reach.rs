//! Where webhooks must not lead.

use registry_server::schema::{CreatedWebhook, Delivery, DeliveryDetail};
use registry_server::{Reach, WebhookOptions, network};
use serde_json::json;

use crate::receiver::{Receiver, status};
use crate::running::Running;
use crate::webhooks::quick;

/// The error of the first attempt of a test.
async fn tested(running: &Running, name: &str, url: &str) -> Option<String> {
    let webhook = json!({ "name": name, "url": url, "filter": { "tags": ["none"] } });
    let webhook: CreatedWebhook = running.post("/api/v1/webhooks", &webhook).await;
    let test = format!("/api/v1/webhooks/{}/test", webhook.webhook_id);
    let test: Delivery = running.post(&test, &json!({})).await;
    loop {
        let path = format!("/api/v1/webhooks/deliveries/{}", test.delivery_id);
        let detail: DeliveryDetail = running.get(&path).await;
        if let Some(attempt) = detail.history.first() {
            return attempt.error.clone();
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_private_address_is_not_called_by_number_or_by_name() {
    let receiver = Receiver::start().await;
    let running = Running::with_webhooks(WebhookOptions {
        reach: Reach::default(),
        ..quick()
    })
    .await;
    for host in ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"] {
        let url = format!("http://{host}:{}/hook", receiver.port());
        let error = tested(&running, host, &url).await.unwrap();
        assert!(
            error.contains("where this server sends nothing"),
            "{host}: {error}"
        );
    }
    assert!(receiver.messages().is_empty());
}

#[tokio::test]
async fn a_network_that_is_named_is_called() {
    let receiver = Receiver::start().await;
    let reach = Reach {
        private: false,
        networks: vec![network("127.0.0.0/8").unwrap()],
    };
    let running = Running::with_webhooks(WebhookOptions { reach, ..quick() }).await;
    assert_eq!(tested(&running, "ci", &receiver.url()).await, None);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let inside = Receiver::start().await;
    let url = inside.url();
    let receiver = Receiver::answering(move |_| {
        let mut response = status(307);
        response.headers_mut().insert("location", url.parse().unwrap());
        response
    })
    .await;
    let running = Running::with_webhooks(quick()).await;
    let error = tested(&running, "ci", &receiver.url()).await.unwrap();
    assert_eq!(
        error,
        "the receiver answered 307 Temporary Redirect, and redirects are not followed"
    );
    assert!(inside.messages().is_empty());
}

#[tokio::test]
async fn what_can_be_no_address_is_refused() {
    let running = Running::with_webhooks(quick()).await;
    for url in [
        "ftp://ci.example/",
        "https://user@ci.example/",
        "file:///etc/passwd",
        "ci",
    ] {
        let request = running
            .asked("POST", "/api/v1/webhooks")
            .json(&json!({ "name": "ci", "url": url }));
        let (status, code) = crate::running::problem(request).await;
        assert_eq!((status, code.as_str()), (400, "invalid_webhook_url"), "{url}");
    }
}
