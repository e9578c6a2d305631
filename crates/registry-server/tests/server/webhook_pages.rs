//! The pages of webhooks: made, tried, changed, paused, given another secret, deleted; what was sent, and sending it again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use registry_server::schema::{DeliveryPage, Webhook, Webhooks};
use registry_server::{Backoff, Role, WebhookOptions};
use serde_json::{Value, json};

use crate::browser::{Browser, Shown};
use crate::receiver::{Receiver, status};
use crate::running::Running;
use crate::webhooks::{a_webhook, quick};

/// A server that sends, with a browser of its admin.
pub(crate) async fn start() -> (Running, Browser) {
    // What fails is given up at once.
    let options = WebhookOptions {
        backoff: Backoff::new([]),
        ..quick()
    };
    let running = Running::with_webhooks(options).await;
    let browser = Browser::of(&running, &running.admin).await;
    (running, browser)
}

/// A receiver that answers what it is told to.
async fn obedient() -> (Receiver, Arc<AtomicU16>) {
    let answer = Arc::new(AtomicU16::new(204));
    let told = Arc::clone(&answer);
    let receiver = Receiver::answering(move |_| status(told.load(Ordering::Relaxed))).await;
    (receiver, answer)
}

/// The value of the hidden field of this name that stands first behind a text.
pub(crate) fn hidden(page: &str, behind: &str, name: &str) -> String {
    let (_, rest) = page.split_once(behind).unwrap();
    let (_, rest) = rest.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// The secret that a page shows.
pub(crate) fn secret(page: &str) -> Option<String> {
    let (_, rest) = page.split_once(">whsec_")?;
    Some(format!("whsec_{}", rest.split('<').next()?))
}

/// Where a form has led.
fn led_to(shown: &Shown) -> (u16, &str) {
    (shown.status, shown.location.as_deref().unwrap_or(&shown.text))
}

async fn all(running: &Running) -> Vec<Webhook> {
    let all: Webhooks = running.get("/api/v1/webhooks").await;
    all.webhooks
}

/// Waits until there are so many deliveries of this status.
pub(crate) async fn wait_for(running: &Running, status: &str, count: usize) {
    let waiting = async {
        loop {
            let page: DeliveryPage = running
                .get(&format!("/api/v1/webhooks/deliveries?status={status}"))
                .await;
            if page.deliveries.len() == count {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_mins(1), waiting).await;
    waited.unwrap_or_else(|_| panic!("there are never {count} that are {status}"));
}

#[tokio::test]
async fn one_is_made_once_and_its_secret_is_shown_once() {
    let (running, browser) = start().await;
    let receiver = Receiver::start().await;
    let empty = browser.look("/webhooks").await.text;
    assert!(empty.contains("registry-cli webhook create"), "{empty}");
    assert!(
        empty.contains("<a href=\"/webhooks\" aria-current=\"page\">"),
        "{empty}"
    );
    let (key, url) = (hidden(&empty, "action=\"/webhooks\"", "key"), receiver.url());
    let fields = [
        ("name", "ci"),
        ("url", url.as_str()),
        ("kind", "registered"),
        ("kind", "promoted"),
        ("names", "gpt-*\r\n team-a/* \r\n\r\n"),
        ("key", key.as_str()),
    ];
    let made = browser.submit("/webhooks", "/webhooks", &fields).await;
    assert_eq!(made.status, 200, "{}", made.text);
    let shown = secret(&made.text).unwrap();
    let [webhook] = &all(&running).await[..] else {
        panic!("{}", made.text);
    };
    assert_eq!(
        (webhook.name.as_str(), webhook.created_by.as_str()),
        ("ci", "root")
    );
    assert_eq!(webhook.filter.kinds, ["registered", "promoted"]);
    assert_eq!(webhook.filter.names, ["gpt-*", "team-a/*"]);
    assert!(webhook.enabled && webhook.filter.tags.is_empty());
    running.register("gpt-x", "1.0.0").await;
    assert!(receiver.wait_for(1).await[0].is_signed_by(&shown));
    // A page that is loaded again makes no second one, and shows no secret.
    let again = browser.submit("/webhooks", "/webhooks", &fields).await;
    assert_eq!((again.status, secret(&again.text)), (200, None), "{}", again.text);
    assert!(again.text.contains("This form was sent before"), "{}", again.text);
    assert_eq!(all(&running).await.len(), 1);
    wait_for(&running, "delivered", 1).await;
    for page in ["/webhooks", "/webhooks/1", "/webhooks/deliveries/1"] {
        let page = browser.look(page).await.text;
        assert!(page.contains("delivered") && !page.contains("whsec_"), "{page}");
    }
}

#[tokio::test]
async fn what_makes_no_sense_makes_none() {
    let (running, browser) = start().await;
    let cases: &[&[(&str, &str)]] = &[
        &[("name", "ci")],
        &[("url", "https://ci.example/")],
        &[("name", "ci"), ("url", "ftp://ci.example/")],
        &[("name", "ci"), ("url", "https://ci.example/"), ("kind", "party")],
        &[("name", "ci"), ("url", "https://ci.example/"), ("names", "[")],
        &[("name", "ci"), ("url", "https://ci.example/"), ("key", "\u{1}")],
    ];
    for fields in cases {
        let shown = browser.submit("/webhooks", "/webhooks", fields).await;
        assert_eq!(shown.status, 400, "{fields:?} {}", shown.text);
    }
    let fields = [("name", "ci"), ("url", "https://ci.example/")];
    // Without the secret of the session nothing is made either.
    assert_eq!(browser.send("/webhooks", &fields).await.status, 403);
    assert_eq!(all(&running).await.len(), 0);
    assert_eq!(
        browser.submit("/webhooks", "/webhooks", &fields).await.status,
        200
    );
    let same = browser.submit("/webhooks", "/webhooks", &fields).await;
    assert_eq!(same.status, 409, "{}", same.text);
    assert_eq!(all(&running).await.len(), 1);
}

#[tokio::test]
async fn a_test_shows_what_came_of_it_and_can_be_sent_again() {
    let (running, browser) = start().await;
    let (receiver, answer) = obedient().await;
    a_webhook(&running, &receiver).await;
    let page = browser.look("/webhooks/1").await.text;
    let key = hidden(&page, "/webhooks/1/test", "key");
    for _ in 0..2 {
        let sent = browser
            .submit("/webhooks/1", "/webhooks/1/test", &[("key", &key)])
            .await;
        assert_eq!(led_to(&sent), (303, "/webhooks/deliveries/1"));
    }
    wait_for(&running, "delivered", 1).await;
    let shown = browser.look("/webhooks/deliveries/1").await.text;
    for text in [
        "it is a test",
        "msg_1",
        "<td data-label=\"Status\">204</td>",
        "Send it again",
    ] {
        assert!(shown.contains(text), "{text}: {shown}");
    }
    let replay = async |id: i64| {
        let here = format!("/webhooks/deliveries/{id}");
        let sent = browser.submit(&here, &format!("{here}/replay"), &[]).await;
        assert_eq!(led_to(&sent), (303, here.as_str()));
    };
    answer.store(500, Ordering::Relaxed);
    replay(1).await;
    wait_for(&running, "dead", 1).await;
    let shown = browser.look("/webhooks/deliveries/1").await.text;
    assert!(
        shown.contains("given up") && shown.contains("the receiver answered 500"),
        "{shown}"
    );
    answer.store(200, Ordering::Relaxed);
    replay(1).await;
    wait_for(&running, "delivered", 1).await;
    assert_eq!(receiver.messages().len(), 3);
}

#[tokio::test]
async fn all_that_was_given_up_is_sent_again() {
    let (running, browser) = start().await;
    let (receiver, answer) = obedient().await;
    answer.store(400, Ordering::Relaxed);
    a_webhook(&running, &receiver).await;
    for name in ["a<b", "c", "d"] {
        running.register(name, "1.0.0").await;
    }
    wait_for(&running, "dead", 3).await;
    let shown = browser.look("/webhooks/1?status=dead").await.text;
    assert!(shown.contains("a&lt;b") && !shown.contains("a<b"), "{shown}");
    assert!(shown.contains("Send again what was given up (3)"), "{shown}");
    let list = browser.look("/webhooks").await.text;
    assert!(
        list.contains("<a href=\"/webhooks/1?status=dead\">3</a>"),
        "{list}"
    );
    // What happened stands there as the history tells it.
    let one = browser.look("/webhooks/deliveries/1").await.text;
    assert!(
        one.contains("<strong>root</strong> registered") && one.contains("/models/1"),
        "{one}"
    );
    answer.store(204, Ordering::Relaxed);
    let sent = browser.submit("/webhooks/1", "/webhooks/1/replay", &[]).await;
    assert_eq!(led_to(&sent), (303, "/webhooks/1"));
    wait_for(&running, "delivered", 3).await;
    let shown = browser.look("/webhooks/1?status=dead").await.text;
    assert!(
        shown.contains("There are none") && !shown.contains("Send again"),
        "{shown}"
    );
}

#[tokio::test]
async fn it_is_changed_turned_off_and_given_another_secret() {
    let (running, browser) = start().await;
    let receiver = Receiver::start().await;
    a_webhook(&running, &receiver).await;
    let page = browser.look("/webhooks/1").await.text;
    let seen = hidden(&page, "action=\"/webhooks/1\"", "seen");
    let (url, other) = (receiver.url(), "https://other.example/".to_owned());
    let change = async |url: &str, seen: &str| {
        let fields = [
            ("name", "build"),
            ("url", url),
            ("tags", "production"),
            ("seen", seen),
        ];
        browser.submit("/webhooks/1", "/webhooks/1", &fields).await
    };
    assert_eq!(led_to(&change(&url, &seen).await), (303, "/webhooks/1"));
    let stale = change(&other, &seen).await;
    assert_eq!(stale.status, 412, "{}", stale.text);
    let changed = all(&running).await.remove(0);
    assert_eq!(
        (changed.name.as_str(), changed.url.as_str()),
        ("build", url.as_str())
    );
    assert_eq!(changed.filter.tags, ["production"]);
    // The form holds what it is told of now.
    let page = browser.look("/webhooks/1").await.text;
    assert!(page.contains(">production</textarea>"), "{page}");

    let switch = async |enabled: &str| {
        let fields = [("enabled", enabled)];
        let sent = browser.submit("/webhooks/1", "/webhooks/1/switch", &fields).await;
        assert_eq!(led_to(&sent), (303, "/webhooks/1"));
        browser.look("/webhooks/1").await.text
    };
    let off = switch("false").await;
    assert!(off.contains("It is off") && off.contains("Turn it on"), "{off}");
    assert!(!all(&running).await[0].enabled);
    let on = switch("true").await;
    assert!(!on.contains("It is off") && on.contains("Turn it off"), "{on}");

    let rotate =
        async |fields: &[(&str, &str)]| browser.submit("/webhooks/1", "/webhooks/1/rotate", fields).await;
    assert_eq!(rotate(&[]).await.status, 400);
    let key = hidden(&on, "/webhooks/1/rotate", "key");
    let seen = hidden(&on, "/webhooks/1/rotate", "seen");
    let fields = [
        ("old", "for_a_day"),
        ("key", key.as_str()),
        ("seen", seen.as_str()),
    ];
    let shown = rotate(&fields).await;
    assert!(
        shown.text.contains("with the secret before too"),
        "{}",
        shown.text
    );
    let new = secret(&shown.text).unwrap();
    let again = rotate(&fields).await.text;
    assert_eq!(secret(&again), None);
    browser.submit("/webhooks/1", "/webhooks/1/test", &[]).await;
    let message = receiver.wait_for(1).await.remove(0);
    assert!(message.is_signed_by(&new) && message.signatures.len() == 2);
    // The form that comes instead of the secret is of what the webhook is now.
    let seen = hidden(&again, "/webhooks/1/rotate", "seen");
    let shown = rotate(&[("old", "not_any_more"), ("seen", &seen)]).await;
    assert!(
        !shown.text.contains("with the secret before too"),
        "{}",
        shown.text
    );
    browser.submit("/webhooks/1", "/webhooks/1/test", &[]).await;
    let message = receiver.wait_for(2).await.remove(1);
    assert_eq!(message.signatures.len(), 1);
    assert!(message.is_signed_by(&secret(&shown.text).unwrap()));
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_shown() {
    let (running, browser) = start().await;
    let (receiver, answer) = obedient().await;
    answer.store(410, Ordering::Relaxed);
    a_webhook(&running, &receiver).await;
    browser.submit("/webhooks/1", "/webhooks/1/test", &[]).await;
    let page = browser.look("/webhooks/1").await.text;
    assert!(page.contains("it is gone for good"), "{page}");
    let page = browser.look("/webhooks").await.text;
    assert!(page.contains("<span class=\"state bad\">gone</span>"), "{page}");
    let page = browser.look("/webhooks/deliveries/1").await.text;
    assert!(page.contains("when the webhook is turned on"), "{page}");
    let page = browser.look("/activity").await.text;
    assert!(page.contains("the receiver answered 410"), "{page}");
}

#[tokio::test]
async fn it_is_deleted_after_a_question() {
    let (running, browser) = start().await;
    let receiver = Receiver::start().await;
    a_webhook(&running, &receiver).await;
    let asked = browser.look("/webhooks/1/delete").await.text;
    assert!(asked.contains("Delete?") && asked.contains("ci"), "{asked}");
    assert_eq!(all(&running).await.len(), 1);
    let seen = hidden(&asked, "action=\"/webhooks/1/delete\"", "seen");
    let sent = browser
        .submit("/webhooks/1/delete", "/webhooks/1/delete", &[("seen", &seen)])
        .await;
    assert_eq!(led_to(&sent), (303, "/webhooks"));
    assert_eq!(all(&running).await.len(), 0);
    for gone in [
        "/webhooks/1",
        "/webhooks/1/delete",
        "/webhooks/deliveries/1",
        "/webhooks/x",
    ] {
        let shown = browser.look(gone).await.status;
        assert_eq!(shown, if gone.ends_with('x') { 400 } else { 404 }, "{gone}");
    }
}

#[tokio::test]
async fn only_admins_of_all_names_find_them() {
    let running = Running::start().await;
    for role in [Role::Reader, Role::Writer, Role::Promoter] {
        let browser = Browser::of(&running, &running.token("sam", &[role])).await;
        assert!(!browser.look("/").await.text.contains("href=\"/webhooks\""));
        assert_eq!(browser.look("/webhooks").await.status, 403);
    }
    // They tell of every name.
    let limited = running.limited("ann", &[Role::Admin], Some("team-a/*"), None);
    let browser = Browser::of(&running, &limited).await;
    assert!(!browser.look("/").await.text.contains("href=\"/webhooks\""));
    for page in [
        "/webhooks",
        "/webhooks/1",
        "/webhooks/1/delete",
        "/webhooks/deliveries/1",
    ] {
        assert_eq!(browser.look(page).await.status, 403, "{page}");
    }
    let filled = [
        ("name", "ci"),
        ("url", "https://ci.example/"),
        ("enabled", "false"),
        ("old", "for_a_day"),
        ("seen", "x"),
    ];
    for form in [
        "/webhooks",
        "/webhooks/1",
        "/webhooks/1/switch",
        "/webhooks/1/rotate",
        "/webhooks/1/test",
        "/webhooks/1/replay",
        "/webhooks/1/delete",
        "/webhooks/deliveries/1/replay",
    ] {
        let sent = browser.submit("/", form, &filled).await;
        assert_eq!(sent.status, 403, "{form} {}", sent.text);
    }
    // A server without tokens has webhooks too.
    let open = Running::without_tokens().await;
    let browser = Browser::new(&open);
    assert!(browser.look("/").await.text.contains("href=\"/webhooks\""));
    assert_eq!(browser.look("/webhooks").await.status, 200);
}

#[tokio::test]
async fn many_make_no_heavy_page_and_lead_on() {
    let (running, browser) = start().await;
    let long = "模".repeat(40);
    let patterns: Vec<String> = (10..60)
        .map(|number| format!("{number}{}", "模".repeat(80)))
        .collect();
    for number in 0..100 {
        let webhook = json!({
            "name": format!("{number}{long}"), "enabled": false,
            "url": format!("https://{}.example/{}", "a".repeat(60), "b".repeat(1_900)),
            // Every write reads them all: one that is as large as can be is enough.
            "filter": { "names": patterns[..if number == 0 { patterns.len() } else { 3 }] },
        });
        let _: Value = running.post("/api/v1/webhooks", &webhook).await;
    }
    for _ in 0..60 {
        let _: Value = running.post("/api/v1/webhooks/1/test", &json!({})).await;
    }
    let list = browser.look("/webhooks").await.text;
    assert!(list.contains("more than 50"), "{list}");
    assert_eq!(list.matches("<td data-label=\"State\">").count(), 100);
    let first = browser.look("/webhooks/1").await.text;
    assert!(first.contains("/webhooks/deliveries/60\"") && first.contains("/webhooks/deliveries/36\""));
    assert!(!first.contains("/webhooks/deliveries/35\""));
    let second = browser.look("/webhooks/1?status=pending&before=36").await.text;
    assert!(second.contains("/webhooks/deliveries/35\"") && !second.contains("/webhooks/deliveries/36\""));
    assert!(
        second.contains("href=\"/webhooks/1?status=pending&amp;before=11\""),
        "{second}"
    );
    for page in [list, first, second] {
        assert!(page.len() <= 100_000, "{}", page.len());
    }
}
