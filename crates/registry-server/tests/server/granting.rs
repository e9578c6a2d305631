//! The page of the tokens: made, shown once, taken back.

use registry_core::Timestamp;
use registry_server::{NewToken, Role};

use crate::browser::Browser;
use crate::running::Running;

/// The form, filled in as far as it must be.
async fn made(browser: &Browser, running: &Running, fields: &[(&str, &str)]) -> crate::browser::Shown {
    let known = running.tokens().list().unwrap().len().to_string();
    let fields: Vec<_> = fields
        .iter()
        .copied()
        .chain([("known", known.as_str())])
        .collect();
    browser.submit("/tokens", "/tokens", &fields).await
}

#[tokio::test]
async fn a_token_is_shown_once_and_does_what_was_asked() {
    let running = Running::start().await;
    let browser = Browser::of(&running, &running.admin).await;
    assert!(browser.look("/").await.text.contains("href=\"/tokens\""));
    let fields = [
        ("name", "ci"),
        ("role", "writer"),
        ("role", "promoter"),
        ("names", "team-a/*"),
        ("tags", "staging, candidate"),
        ("expires", "2999-01-31"),
    ];
    let shown = made(&browser, &running, &fields).await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    let secret = shown
        .text
        .split_once(">mrt_")
        .unwrap()
        .1
        .split('<')
        .next()
        .unwrap();
    let secret = format!("mrt_{secret}");
    let who: serde_json::Value = crate::running::read(
        running
            .request("GET", "/api/v1/whoami")
            .bearer_auth(&secret)
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(
        who["name"].as_str().or(who["actor"].as_str()),
        Some("ci"),
        "{who}"
    );
    let record = running.tokens().list().unwrap().pop().unwrap();
    assert_eq!(record.roles, [Role::Writer, Role::Promoter]);
    assert_eq!(record.names.as_deref(), Some("team-a/*"));
    assert_eq!(record.tags.unwrap().len(), 2);
    assert_eq!(record.expires_at, Some(Timestamp::parse("2999-01-31").unwrap()));
    let page = browser.look("/tokens").await.text;
    assert!(
        page.contains("writer, promoter") && page.contains("team-a/*") && page.contains(&record.id),
        "{page}"
    );
    assert!(!page.contains("mrt_") && !page.contains(&record.sha256), "{page}");
    Browser::of(&running, &secret).await;
}

#[tokio::test]
async fn a_form_that_is_sent_twice_makes_one_token() {
    let running = Running::start().await;
    let browser = Browser::of(&running, &running.admin).await;
    let known = running.tokens().list().unwrap().len().to_string();
    let fields = [("name", "ci"), ("role", "reader"), ("known", known.as_str())];
    assert_eq!(browser.submit("/tokens", "/tokens", &fields).await.status, 200);
    let again = browser.submit("/tokens", "/tokens", &fields).await;
    assert_eq!(again.status, 409, "{}", again.text);
    let tokens = running.tokens().list().unwrap();
    assert_eq!(tokens.len(), 2);
    // Whoever has lost the first answer finds what to do about it.
    let revoke = format!("/tokens/revoke?id={}", tokens[1].id);
    assert!(
        again.text.contains("was sent twice") && again.text.contains(&revoke),
        "{}",
        again.text
    );
    assert!(
        again.text.contains("name=\"known\" value=\"2\""),
        "{}",
        again.text
    );
    assert!(again.text.contains("value=\"reader\" checked"), "{}", again.text);
    let metrics = running.metrics().await;
    let counted = "registry_problems_total{code=\"form_outdated\"} 1";
    assert!(metrics.lines().any(|line| line == counted), "{metrics}");
}

#[tokio::test]
async fn the_token_of_somebody_else_is_not_offered_for_revoking() {
    let running = Running::start().await;
    let browser = Browser::of(&running, &running.admin).await;
    let known = running.tokens().list().unwrap().len().to_string();
    let fields = [("name", "ci"), ("role", "reader"), ("known", known.as_str())];
    // Of another admin, meanwhile: another owner, and another role.
    running.token("sam", &[Role::Reader]);
    running.token("ci", &[Role::Writer]);
    let refused = browser.submit("/tokens", "/tokens", &fields).await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    assert!(
        !refused.text.contains("/tokens/revoke") && !refused.text.contains("was sent twice"),
        "{}",
        refused.text
    );
    assert_eq!(running.tokens().list().unwrap().len(), 3);
    // The form that came back counts.
    let fields = [("name", "ci"), ("role", "reader"), ("known", "3")];
    assert!(refused.text.contains("name=\"known\" value=\"3\""));
    assert_eq!(browser.submit("/tokens", "/tokens", &fields).await.status, 200);
}

#[tokio::test]
async fn of_many_forms_at_once_one_makes_a_token() {
    let running = Running::start().await;
    let browser = Browser::of(&running, &running.admin).await;
    let known = running.tokens().list().unwrap().len().to_string();
    let fields = [("name", "ci"), ("role", "reader"), ("known", known.as_str())];
    let sent = (0..8).map(|_| browser.submit("/tokens", "/tokens", &fields));
    let answers = futures::future::join_all(sent).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409, 409, 409, 409, 409, 409]);
    assert_eq!(running.tokens().list().unwrap().len(), 2);
}

#[tokio::test]
async fn what_makes_no_sense_makes_no_token() {
    let running = Running::start().await;
    let browser = Browser::of(&running, &running.admin).await;
    let cases: &[&[(&str, &str)]] = &[
        &[("role", "reader")],
        &[("name", "ci")],
        &[("name", "ci"), ("role", "king")],
        &[("name", "ci"), ("role", "admin"), ("names", "a*")],
        &[("name", "ci"), ("role", "admin"), ("tags", "a")],
        &[("name", "ci"), ("role", "writer"), ("names", "[")],
        &[("name", "ci"), ("role", "writer"), ("tags", "\u{1}")],
        &[("name", "ci"), ("role", "writer"), ("expires", "soon")],
        &[("name", "ci"), ("role", "writer"), ("expires", "2001-01-01")],
    ];
    let wrong = [
        "owner", "role", "role", "role", "role", "names", "tags", "expires", "expires",
    ];
    for (fields, wrong) in cases.iter().zip(wrong) {
        let shown = made(&browser, &running, fields).await;
        assert_eq!(shown.status, 400, "{fields:?} {}", shown.text);
        let beside = format!("<p class=\"mistake\" id=\"{wrong}-error\" role=\"alert\">");
        assert!(shown.text.contains(&beside), "{wrong} {}", shown.text);
        if fields.contains(&("name", "ci")) {
            assert!(shown.text.contains("value=\"ci\""), "{}", shown.text);
        }
        let around = "<a href=\"/tokens\" aria-current=\"page\">";
        assert!(shown.text.contains(around), "{}", shown.text);
    }
    assert_eq!(running.tokens().list().unwrap().len(), 1);
    // Without the secret of the session nothing is made either.
    let forged = [("name", "ci"), ("role", "admin"), ("known", "1")];
    assert_eq!(browser.send("/tokens", &forged).await.status, 403);
    assert_eq!(running.tokens().list().unwrap().len(), 1);
}

#[tokio::test]
async fn a_token_is_taken_back_after_a_question() {
    let running = Running::start().await;
    let browser = Browser::of(&running, &running.admin).await;
    let reader = Browser::of(&running, &running.token("sam", &[Role::Reader])).await;
    let id = running.tokens().list().unwrap().pop().unwrap().id;
    let asked = browser.look(&format!("/tokens/revoke?id={id}")).await.text;
    assert!(
        asked.contains("sam") && !asked.contains("You have logged in"),
        "{asked}"
    );
    assert_eq!(reader.look("/").await.status, 200);
    let own = running.tokens().list().unwrap()[0].id.clone();
    let asked = browser.look(&format!("/tokens/revoke?id={own}")).await.text;
    assert!(asked.contains("You have logged in with this token"), "{asked}");
    let shown = browser.submit("/tokens", "/tokens/revoke", &[("id", &id)]).await;
    assert_eq!((shown.status, shown.location.as_deref()), (303, Some("/tokens")));
    assert_eq!(reader.look("/").await.status, 303);
    for gone in [id.as_str(), "sam", "nobody"] {
        let shown = browser.submit("/tokens", "/tokens/revoke", &[("id", gone)]).await;
        assert_eq!(shown.status, 404, "{gone}");
    }
    assert!(browser.look("/tokens").await.text.contains("revoked"));
}

#[tokio::test]
async fn only_admins_find_tokens_and_a_server_without_has_none() {
    let running = Running::start().await;
    for role in [Role::Reader, Role::Writer, Role::Promoter] {
        let browser = Browser::of(&running, &running.token("sam", &[role])).await;
        assert!(!browser.look("/").await.text.contains("href=\"/tokens\""));
        assert_eq!(browser.look("/tokens").await.status, 403);
        let sent = browser
            .submit("/", "/tokens", &[("name", "sam"), ("role", "admin")])
            .await;
        assert_eq!(sent.status, 403, "{role}");
    }
    let open = Running::without_tokens().await;
    let browser = Browser::new(&open);
    assert_eq!(browser.look("/tokens").await.status, 404);
    assert!(!browser.look("/").await.text.contains("href=\"/tokens\""));
}

#[tokio::test]
async fn many_tokens_make_no_heavy_page() {
    let running = Running::start().await;
    for number in 0..100 {
        let token = NewToken {
            name: format!("{number}{}", "模".repeat(60)).parse().unwrap(),
            roles: vec![Role::Writer],
            names: Some("<".repeat(500)),
            tags: Some(
                (0..40)
                    .map(|n| format!("{n}{}", "<".repeat(40)).parse().unwrap())
                    .collect(),
            ),
            expires_at: None,
        };
        running.tokens().create(token, Timestamp::now()).unwrap();
    }
    let browser = Browser::of(&running, &running.admin).await;
    let page = browser.look("/tokens").await.text;
    assert!(page.len() <= 100_000, "{}", page.len());
    assert!(page.contains("And 41 more"), "{page}");
}
