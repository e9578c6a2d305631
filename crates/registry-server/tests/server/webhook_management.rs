//! Making, changing and deleting webhooks: what is shown, and to whom.

use registry_server::Role;
use registry_server::schema::{CreatedWebhook, Delivery, DeliveryPage, EventPage, Webhook, Webhooks};
use serde_json::{Value, json};

use crate::running::{Running, problem, read};

async fn create(running: &Running, name: &str) -> CreatedWebhook {
    let webhook = json!({
        "name": name, "url": "https://ci.example/hook?key=hidden",
        "filter": { "kinds": ["promoted"], "names": ["team-a/*"], "tags": ["production"] },
    });
    running.post("/api/v1/webhooks", &webhook).await
}

#[tokio::test]
async fn a_secret_is_shown_once() {
    let running = Running::start().await;
    let made = create(&running, "ci").await;
    let secret = made.secret.unwrap();
    assert!(secret.starts_with("whsec_"));
    let all: Webhooks = running.get("/api/v1/webhooks").await;
    assert_eq!(all.webhooks.len(), 1);
    let one = format!("/api/v1/webhooks/{}", made.webhook_id);
    let shown: Webhook = running.get(&one).await;
    assert_eq!(shown, all.webhooks[0]);
    assert_eq!((shown.name.as_str(), shown.created_by.as_str()), ("ci", "root"));
    assert_eq!(shown.filter.tags, ["production"]);
    // Nor does the history tell it, nor all of the address.
    let events: EventPage = running.get("/api/v1/events").await;
    let text = serde_json::to_string(&events).unwrap();
    assert!(text.contains("ci.example"), "{text}");
    assert!(!text.contains("hidden") && !text.contains(&secret), "{text}");
}

#[tokio::test]
async fn a_request_that_is_sent_again_shows_no_other_secret() {
    let running = Running::start().await;
    let ask = async || {
        let request = running
            .asked("POST", "/api/v1/webhooks")
            .header("Idempotency-Key", "k1");
        let webhook = json!({ "name": "ci", "url": "https://ci.example/" });
        let response = request.json(&webhook).send().await.unwrap();
        assert_eq!(response.headers()["cache-control"], "no-store");
        let replayed = response.headers().contains_key("idempotency-replayed");
        (replayed, read::<CreatedWebhook>(response).await)
    };
    let (replayed, first) = ask().await;
    assert!(!replayed && first.secret.is_some());
    let (replayed, again) = ask().await;
    assert!(replayed && again.secret.is_none());
    assert_eq!(first.webhook_id, again.webhook_id);
}

#[tokio::test]
async fn a_rehearsal_makes_nothing() {
    let running = Running::start().await;
    let webhook = json!({ "name": "ci", "url": "https://ci.example/" });
    let rehearsed: CreatedWebhook = running.post("/api/v1/webhooks?dry_run=true", &webhook).await;
    assert_eq!((rehearsed.dry_run, rehearsed.secret), (Some(true), None));
    let all: Webhooks = running.get("/api/v1/webhooks").await;
    assert!(all.webhooks.is_empty());
}

#[tokio::test]
async fn a_webhook_changes_and_goes() {
    let running = Running::start().await;
    let made = create(&running, "ci").await;
    let path = format!("/api/v1/webhooks/{}", made.webhook_id);
    let change = json!({ "name": "chat", "filter": { "kinds": ["retired"] }, "enabled": false });
    let request = running.asked("PATCH", &path).json(&change);
    let changed: Webhook = read(request.send().await.unwrap()).await;
    assert_eq!((changed.name.as_str(), changed.enabled), ("chat", false));
    assert_eq!(changed.filter.kinds, ["retired"]);
    assert!(changed.filter.tags.is_empty());
    assert_eq!(changed.url, made.url);
    let test: Delivery = running.post(&format!("{path}/test"), &json!({})).await;
    assert_eq!(test.status, "pending");
    let deleted: Webhook = read(running.asked("DELETE", &path).send().await.unwrap()).await;
    assert_eq!(deleted.name, "chat");
    let not_found = (404, "webhook_not_found".into());
    assert_eq!(problem(running.asked("GET", &path)).await, not_found);
    let deliveries = format!("{path}/deliveries");
    assert_eq!(problem(running.asked("GET", &deliveries)).await, not_found);
    let all: DeliveryPage = running.get("/api/v1/webhooks/deliveries").await;
    assert!(all.deliveries.is_empty());
}

#[tokio::test]
async fn deliveries_come_in_pages() {
    let running = Running::start().await;
    let made = create(&running, "ci").await;
    let test = format!("/api/v1/webhooks/{}/test", made.webhook_id);
    for _ in 0..5 {
        let _: Delivery = running.post(&test, &json!({})).await;
    }
    let path = format!(
        "/api/v1/webhooks/{}/deliveries?limit=2&status=pending",
        made.webhook_id
    );
    let response = running.asked("GET", &path).send().await.unwrap();
    let link = response.headers()["link"].to_str().unwrap().to_owned();
    let page: DeliveryPage = read(response).await;
    let next = page.next.unwrap();
    assert!(link.contains(&format!("before={next}")), "{link}");
    let ids: Vec<i64> = page
        .deliveries
        .iter()
        .map(|delivery| delivery.delivery_id)
        .collect();
    assert!(ids[0] > ids[1] && ids.len() == 2);
    let rest = format!(
        "/api/v1/webhooks/deliveries?webhook_id={}&before={next}&limit=10",
        made.webhook_id
    );
    let rest: DeliveryPage = running.get(&rest).await;
    assert_eq!((rest.deliveries.len(), rest.next), (3, None));
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_with_a_code() {
    let running = Running::start().await;
    create(&running, "ci").await;
    let url = "https://ci.example/";
    for (body, wanted) in [
        (json!({ "name": "ci", "url": url }), (409, "webhook_exists")),
        (json!({ "name": "", "url": url }), (400, "invalid_webhook_name")),
        (json!({ "name": "x" }), (400, "bad_request")),
        (
            json!({ "name": "x", "url": url, "secret": "whsec_abc" }),
            (400, "invalid_webhook_secret"),
        ),
        (
            json!({ "name": "x", "url": url, "filter": { "names": ["[a"] } }),
            (400, "invalid_webhook_filter"),
        ),
        (
            json!({ "name": "x", "url": url, "filter": { "models": [] } }),
            (400, "bad_request"),
        ),
    ] {
        let request = running.asked("POST", "/api/v1/webhooks").json(&body);
        let (status, code) = problem(request).await;
        assert_eq!((status, code.as_str()), wanted, "{body}");
    }
    for (method, path, wanted) in [
        (
            "GET",
            "/api/v1/webhooks/deliveries?status=lost",
            (400, "invalid_delivery_status"),
        ),
        (
            "GET",
            "/api/v1/webhooks/deliveries/99",
            (404, "delivery_not_found"),
        ),
        (
            "POST",
            "/api/v1/webhooks/deliveries/99/replay",
            (404, "delivery_not_found"),
        ),
        ("POST", "/api/v1/webhooks/99/test", (404, "webhook_not_found")),
    ] {
        let (status, code) = problem(running.asked(method, path)).await;
        assert_eq!((status, code.as_str()), wanted, "{method} {path}");
    }
}

#[tokio::test]
async fn an_admin_of_some_names_is_no_admin_of_webhooks() {
    let running = Running::start().await;
    let token = running.limited("a", &[Role::Admin], Some("team-a/*"), None);
    for (method, path) in [("GET", "/api/v1/webhooks"), ("POST", "/api/v1/webhooks/1/test")] {
        let request = running.request(method, path).bearer_auth(&token);
        assert_eq!(problem(request).await, (403, "forbidden".into()), "{path}");
    }
    let _: Value = running.get("/api/v1/webhooks").await;
}
