//! Forms that come after somebody has changed the webhook: nothing is done, and the form comes back as it was sent.

use registry_server::schema::Webhook;
use serde_json::{Value, json};

use crate::browser::{Browser, Shown};
use crate::receiver::Receiver;
use crate::running::Running;
use crate::webhook_pages::{hidden, secret, start};
use crate::webhooks::a_webhook;

const ONE: &str = "/webhooks/1";

/// A webhook, and its page.
async fn with_one() -> (Running, Browser, String) {
    let (running, browser) = start().await;
    let receiver = Receiver::start().await;
    a_webhook(&running, &receiver).await;
    let page = browser.look(ONE).await.text;
    (running, browser, page)
}

async fn rename(running: &Running, name: &str) {
    let renamed = running.asked("PATCH", "/api/v1/webhooks/1");
    let renamed = renamed.json(&json!({ "name": name })).send().await.unwrap();
    assert_eq!(renamed.status(), 200);
}

async fn name(running: &Running) -> String {
    running.get::<Webhook>("/api/v1/webhooks/1").await.name
}

/// Says that it was changed, by whom, and where it can be seen.
fn assert_late(shown: &Shown) {
    assert_eq!(shown.status, 412, "{}", shown.text);
    for text in [
        "It was changed meanwhile, by root",
        "<a href=\"/webhooks/1\">Look at what it is now</a>",
    ] {
        assert!(shown.text.contains(text), "{text}: {}", shown.text);
    }
}

#[tokio::test]
async fn a_change_comes_back_filled_in_and_counts_when_it_is_sent_once_more() {
    let (running, browser, page) = with_one().await;
    rename(&running, "theirs").await;
    let send = async |page: &str| {
        let of = |field| hidden(page, "action=\"/webhooks/1\"", field);
        let (key, seen) = (of("key"), of("seen"));
        let fields = [
            ("name", "mine"),
            ("url", "https://mine.example/"),
            ("tags", "production"),
            ("key", key.as_str()),
            ("seen", seen.as_str()),
        ];
        browser.submit(ONE, ONE, &fields).await
    };
    let late = send(&page).await;
    assert_late(&late);
    for text in [
        "value=\"mine\"",
        "value=\"https://mine.example/\"",
        ">production</textarea>",
    ] {
        assert!(late.text.contains(text), "{text}: {}", late.text);
    }
    assert_eq!(name(&running).await, "theirs");
    let again = send(&late.text).await;
    assert_eq!(again.status, 303, "{}", again.text);
    assert_eq!(name(&running).await, "mine");
}

#[tokio::test]
async fn a_double_click_changes_it_once_and_blames_nobody() {
    let (running, browser, page) = with_one().await;
    let of = |field| hidden(&page, "action=\"/webhooks/1\"", field);
    let (key, seen) = (of("key"), of("seen"));
    let send = async |name: &str| {
        let fields = [
            ("name", name),
            ("url", "https://mine.example/"),
            ("key", key.as_str()),
            ("seen", seen.as_str()),
        ];
        browser.submit(ONE, ONE, &fields).await
    };
    let (first, second) = tokio::join!(send("mine"), send("mine"));
    assert_eq!((first.status, second.status), (303, 303), "{}", second.text);
    assert_eq!(name(&running).await, "mine");
    let events: Value = running.get("/api/v1/events?limit=1000").await;
    let told = events["events"].as_array().unwrap().len();
    assert_eq!(told, 2, "{events}");
    // Back, and something else: the form itself has changed it meanwhile.
    let other = send("other").await;
    assert_eq!(other.status, 422, "{}", other.text);
    assert!(other.text.contains("It was changed meanwhile"), "{}", other.text);
    assert!(other.text.contains("value=\"other\""), "{}", other.text);
    assert_eq!(name(&running).await, "mine");
}

#[tokio::test]
async fn no_other_secret_is_made_of_what_has_changed() {
    let (running, browser, page) = with_one().await;
    rename(&running, "theirs").await;
    let send = async |page: &str, old: &str| {
        let of = |field| hidden(page, "action=\"/webhooks/1/rotate\"", field);
        let (key, seen) = (of("key"), of("seen"));
        let fields = [("old", old), ("key", key.as_str()), ("seen", seen.as_str())];
        browser.submit(ONE, "/webhooks/1/rotate", &fields).await
    };
    let late = send(&page, "not_any_more").await;
    assert_late(&late);
    assert_eq!(secret(&late.text), None);
    let chosen = "value=\"not_any_more\" checked";
    assert!(late.text.contains(chosen), "{}", late.text);
    let made = send(&late.text, "for_a_day").await;
    assert!(secret(&made.text).is_some(), "{}", made.text);
    assert!(made.text.contains("with the secret before too"), "{}", made.text);
    // Back, and the other choice: it is not taken for the first sent twice.
    let other = send(&late.text, "not_any_more").await;
    assert_late(&other);
    let made = send(&other.text, "not_any_more").await;
    assert!(secret(&made.text).is_some(), "{}", made.text);
    assert!(!made.text.contains("with the secret before too"), "{}", made.text);
}

#[tokio::test]
async fn what_has_changed_since_the_question_is_not_deleted() {
    let (running, browser, _) = with_one().await;
    let delete = "/webhooks/1/delete";
    let asked = browser.look(delete).await.text;
    rename(&running, "theirs").await;
    let send = async |page: &str| {
        let seen = hidden(page, "action=\"/webhooks/1/delete\"", "seen");
        browser.submit(ONE, delete, &[("seen", &seen)]).await
    };
    let late = send(&asked).await;
    assert_late(&late);
    assert!(late.text.contains("theirs"), "{}", late.text);
    assert_eq!(name(&running).await, "theirs");
    // Nor is what was never asked about.
    assert_late(&browser.submit(ONE, delete, &[]).await);
    assert_eq!(send(&late.text).await.status, 303);
    let gone = running.asked("GET", "/api/v1/webhooks/1").send().await.unwrap();
    assert_eq!(gone.status(), 404);
}

#[tokio::test]
async fn what_a_form_is_refused_for_is_counted() {
    let (running, browser, page) = with_one().await;
    let fields = [("name", "ci"), ("url", "https://ci.example/")];
    let taken = browser.submit("/webhooks", "/webhooks", &fields).await;
    assert_eq!(taken.status, 409, "{}", taken.text);
    let seen = hidden(&page, "action=\"/webhooks/1\"", "seen");
    rename(&running, "theirs").await;
    let fields = [
        ("name", "mine"),
        ("url", "https://ci.example/"),
        ("seen", seen.as_str()),
    ];
    assert_late(&browser.submit(ONE, ONE, &fields).await);
    let metrics = running.metrics().await;
    for code in ["webhook_exists", "webhook_changed"] {
        let counted = format!("registry_problems_total{{code=\"{code}\"}} 1");
        assert!(metrics.lines().any(|line| line == counted), "{metrics}");
    }
}
