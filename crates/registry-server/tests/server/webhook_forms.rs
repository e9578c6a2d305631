//! The forms of webhooks: sent twice, sent by two at once, and shown again with what is wrong beside it.

use std::time::Duration;

use registry_server::schema::{Webhook, Webhooks};

use crate::browser::Browser;
use crate::receiver::{Receiver, status};
use crate::running::Running;
use crate::webhook_pages::{hidden, secret, start, wait_for};
use crate::webhooks::a_webhook;

async fn all(running: &Running) -> Vec<Webhook> {
    let all: Webhooks = running.get("/api/v1/webhooks").await;
    all.webhooks
}

#[tokio::test]
async fn of_many_who_change_one_at_once_one_does() {
    let (running, browser) = start().await;
    let receiver = Receiver::start().await;
    a_webhook(&running, &receiver).await;
    let page = browser.look("/webhooks/1").await.text;
    let seen = hidden(&page, "action=\"/webhooks/1\"", "seen");
    let names: Vec<String> = (0..8).map(|number| format!("build {number}")).collect();
    let changes = names.iter().map(|name| {
        let fields = [
            ("name", name.as_str()),
            ("url", "https://ci.example/"),
            ("seen", seen.as_str()),
        ];
        let browser = &browser;
        async move { browser.submit("/webhooks/1", "/webhooks/1", &fields).await }
    });
    let answers = futures::future::join_all(changes).await;
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    let count = |wanted: u16| statuses.iter().filter(|status| **status == wanted).count();
    assert_eq!((count(303), count(412)), (1, 7), "{statuses:?}");
    let refused = answers.iter().find(|answer| answer.status == 412).unwrap();
    assert!(
        refused.text.contains("It was changed meanwhile"),
        "{}",
        refused.text
    );
}

#[tokio::test]
async fn a_double_click_loses_no_secret_for_good() {
    let (running, browser) = start().await;
    let page = browser.look("/webhooks").await.text;
    let key = hidden(&page, "action=\"/webhooks\"", "key");
    let fields = [
        ("name", "ci"),
        ("url", "https://ci.example/"),
        ("key", key.as_str()),
    ];
    let send = async || browser.submit("/webhooks", "/webhooks", &fields).await;
    let (first, second) = tokio::join!(send(), send());
    assert_eq!((first.status, second.status), (200, 200));
    let secrets = [secret(&first.text), secret(&second.text)];
    assert_eq!(secrets.iter().flatten().count(), 1, "{}", second.text);
    assert_eq!(all(&running).await.len(), 1);
    // Who sees the second answer can have another secret from there.
    let blind = if secrets[0].is_none() { &first } else { &second };
    assert!(
        blind.text.contains("was sent before") && blind.text.contains("not shown again"),
        "{}",
        blind.text
    );
    let key = hidden(&blind.text, "action=\"/webhooks/1/rotate\"", "key");
    let seen = hidden(&blind.text, "action=\"/webhooks/1/rotate\"", "seen");
    let fields = [
        ("old", "not_any_more"),
        ("key", key.as_str()),
        ("seen", seen.as_str()),
    ];
    let rotated = browser.submit("/webhooks", "/webhooks/1/rotate", &fields).await;
    assert!(secret(&rotated.text).is_some(), "{}", rotated.text);
}

/// The error that a page shows beside a field.
fn beside<'p>(page: &'p str, field: &str) -> Option<&'p str> {
    let (_, rest) = page.split_once(&format!(
        "<p class=\"mistake\" id=\"{field}-error\" role=\"alert\">"
    ))?;
    rest.split("</p>").next()
}

#[tokio::test]
async fn what_is_refused_comes_back_filled_in() {
    let (running, browser) = start().await;
    let receiver = Receiver::start().await;
    a_webhook(&running, &receiver).await;
    let page = browser.look("/webhooks/1").await.text;
    let seen = hidden(&page, "action=\"/webhooks/1\"", "seen");
    let good = [
        ("name", "my build"),
        ("url", "https://ci.example/"),
        ("kind", "promoted"),
        ("names", "team-a/*"),
        ("tags", "production"),
        ("seen", seen.as_str()),
    ];
    for form in ["/webhooks", "/webhooks/1"] {
        for (field, value, says, status) in [
            ("url", "ftp://ci.example/", "invalid address of a webhook", 400),
            ("name", "", "invalid name of a webhook", 400),
            ("kind", "party", "party", 400),
            ("names", "[", "invalid", 400),
            ("tags", "[", "invalid", 400),
            ("name", "ci", "exists already", 409),
        ] {
            // The name of the webhook itself is free for it.
            if (form, status) == ("/webhooks/1", 409) {
                continue;
            }
            let fields = good.map(|(name, old)| (name, if name == field { value } else { old }));
            let shown = browser.submit("/webhooks", form, &fields).await;
            assert_eq!(shown.status, status, "{form} {field}: {}", shown.text);
            let error = beside(&shown.text, field);
            assert!(
                error.is_some_and(|error| error.contains(says)),
                "{form} {field}: {}",
                shown.text
            );
            assert_eq!(shown.text.matches("class=\"mistake\"").count(), 1);
            assert!(
                shown.text.contains(&format!("aria-describedby=\"{field}-error")),
                "{}",
                shown.text
            );
            let given = [
                (field != "name").then_some("value=\"my build\""),
                (field != "url").then_some("value=\"https://ci.example/\""),
                (field != "kind").then_some("value=\"promoted\" checked"),
                (field != "names").then_some(">team-a/*</textarea>"),
                (field != "tags").then_some(">production</textarea>"),
            ];
            for text in given.into_iter().flatten() {
                assert!(shown.text.contains(text), "{text}: {}", shown.text);
            }
            let around = "<a href=\"/webhooks\" aria-current=\"page\">";
            assert!(shown.text.contains(around), "{}", shown.text);
        }
    }
    // The form that came back is as good as the first.
    let bad = good.map(|(name, old)| (name, if name == "url" { "ftp://ci.example/" } else { old }));
    let shown = browser.submit("/webhooks", "/webhooks/1", &bad).await;
    assert_eq!(hidden(&shown.text, "action=\"/webhooks/1\"", "seen"), seen);
    let mended = browser.submit("/webhooks", "/webhooks/1", &good).await;
    assert_eq!(mended.status, 303, "{}", mended.text);
    assert_eq!(all(&running).await[0].name, "my build");
}

#[tokio::test]
async fn a_form_of_something_else_under_the_same_key_is_sent_once_more() {
    let (running, browser) = start().await;
    let page = browser.look("/webhooks").await.text;
    let key = hidden(&page, "action=\"/webhooks\"", "key");
    let send = async |name: &str, key: &str| {
        let fields = [("name", name), ("url", "https://ci.example/"), ("key", key)];
        browser.submit("/webhooks", "/webhooks", &fields).await
    };
    assert_eq!(send("ci", &key).await.status, 200);
    // Back, and another name.
    let refused = send("chat", &key).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    assert!(
        refused.text.contains("role=\"alert\"") && refused.text.contains("send it once more"),
        "{}",
        refused.text
    );
    let key = hidden(&refused.text, "action=\"/webhooks\"", "key");
    assert_eq!(send("chat", &key).await.status, 200);
    assert_eq!(all(&running).await.len(), 2);
}

/// The words of the button that stands out among those of a page's verbs.
fn main_action(page: &str) -> &str {
    let (_, verbs) = page.split_once("<div class=\"verbs\">").unwrap();
    let (_, button) = verbs.split_once("<button type=\"submit\">").unwrap();
    button.split('<').next().unwrap()
}

#[tokio::test]
async fn one_that_is_off_is_to_be_turned_on_first() {
    let (running, browser) = start().await;
    let receiver = Receiver::answering(|_| status(410)).await;
    a_webhook(&running, &receiver).await;
    let page = browser.look("/webhooks/1").await.text;
    assert_eq!(main_action(&page), "Send a test");
    browser.submit("/webhooks/1", "/webhooks/1/test", &[]).await;
    wait_for(&running, "pending", 1).await;
    let turned_off = async {
        while all(&running).await[0].enabled {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_mins(1), turned_off).await;
    waited.expect("it is never turned off");
    let page = browser.look("/webhooks/1").await.text;
    assert_eq!(main_action(&page), "Turn it on");
    let page = browser.look("/webhooks/deliveries/1").await.text;
    assert_eq!(main_action(&page), "Turn it on");
    assert!(!page.contains("Try it now"), "{page}");
    // Attempts follow each other fast.
    let (_, row) = page.split_once("aria-label=\"List of attempts\"").unwrap();
    let (_, when) = row.split_once("<time class=\"exact\" datetime=\"").unwrap();
    let when = when.split_once('>').unwrap().1.split('<').next().unwrap();
    // `2026-01-31 12:00:00 UTC`.
    assert_eq!((when.len(), when.matches(':').count()), (23, 2), "{when}");
    let switched = browser.submit(
        "/webhooks/deliveries/1",
        "/webhooks/1/switch",
        &[("enabled", "true")],
    );
    assert_eq!(switched.await.status, 303);
}

#[tokio::test]
async fn what_goes_wrong_is_told_within_the_session() {
    let (running, browser) = start().await;
    for (path, status) in [
        ("/webhooks/77", 404),
        ("/webhooks/x", 400),
        ("/nowhere", 404),
        ("/models/99", 404),
    ] {
        let shown = browser.look(path).await;
        assert_eq!(shown.status, status, "{path}");
        for part in ["href=\"/webhooks\"", "href=\"/tokens\"", "Log out", ">root<"] {
            assert!(shown.text.contains(part), "{path} {part}: {}", shown.text);
        }
    }
    // Whoever may do less sees less, and nobody sees nothing.
    let reader = running.token("sam", &[registry_server::Role::Reader]);
    let reader = Browser::of(&running, &reader).await;
    let shown = reader.look("/webhooks").await;
    assert_eq!(shown.status, 403);
    assert!(
        shown.text.contains("Log out") && !shown.text.contains("href=\"/webhooks\""),
        "{}",
        shown.text
    );
    let shown = Browser::new(&running).look("/nowhere").await;
    assert!(
        shown.status == 404 && !shown.text.contains("Log out"),
        "{}",
        shown.text
    );
}
