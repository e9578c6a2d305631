//! Promoting and rolling back on pages: a rehearsal, a reason, and nothing that was not shown.

use registry_server::Role;
use serde_json::{Value, json};

use crate::browser::{Browser, Shown};
use crate::running::Running;

/// The hidden fields of the form that writes.
fn fields(page: &str) -> Vec<(String, String)> {
    let form = page.split_once("<form class=\"stacked\"").unwrap().1;
    let inputs = form.split("<input type=\"hidden\" name=\"").skip(1);
    inputs
        .map(|input| {
            let (name, rest) = input.split_once("\" value=\"").unwrap();
            (name.to_owned(), rest.split('"').next().unwrap().to_owned())
        })
        .collect()
}

async fn confirm(browser: &Browser, path: &str, page: &str, reason: &str) -> Shown {
    let mut fields = fields(page);
    fields.push(("reason".into(), reason.into()));
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    browser.send(path, &fields).await
}

async fn holder(running: &Running) -> i64 {
    let tag: Value = running.get("/api/v1/tags/production").await;
    tag["model_id"].as_i64().unwrap()
}

async fn promote(running: &Running, id: i64) {
    let path = "/api/v1/tags/production/promote";
    let _: Value = running.post(path, &json!({ "model_id": id })).await;
}

/// The page on which a promotion is rehearsed.
async fn rehearsal(browser: &Browser, id: i64) -> Shown {
    browser.look(&format!("/promote?model={id}&tag=production")).await
}

async fn two(running: &Running) -> (i64, i64) {
    let (one, other) = (
        running.register("gpt", "1.0.0").await,
        running.register("gpt", "1.1.0").await,
    );
    promote(running, one).await;
    (one, other)
}

#[tokio::test]
async fn a_promotion_is_shown_before_it_is_made() {
    let running = Running::start().await;
    let (one, other) = two(&running).await;
    let token = running.token("paula", &[Role::Promoter]);
    let browser = Browser::of(&running, &token).await;
    let page = browser.look("/promote?model=gpt%401.1.0&tag=production").await;
    assert_eq!(page.status, 200, "{}", page.text);
    let loses = page.text.split_once("Loses it").unwrap().1;
    assert!(loses.contains(&format!("/models/{one}\"")), "{}", page.text);
    assert_eq!(holder(&running).await, one);

    let done = confirm(&browser, "/promote", &page.text, "better <loss>").await;
    assert_eq!(
        (done.status, done.location.as_deref()),
        (303, Some("/activity?tag=production")),
        "{}",
        done.text
    );
    assert_eq!(holder(&running).await, other);
    let history = browser.look("/activity?tag=production").await.text;
    assert!(
        history.contains("paula") && history.contains("better &lt;loss&gt;"),
        "{history}"
    );

    let again = rehearsal(&browser, other).await.text;
    assert!(again.contains("Nothing would change") && !again.contains("method=\"post\" action=\"/promote\""));
}

#[tokio::test]
async fn a_promotion_is_not_made_when_the_tag_has_moved_meanwhile() {
    let running = Running::start().await;
    let (_, other) = two(&running).await;
    let third = running.register("gpt", "1.2.0").await;
    let browser = Browser::of(&running, &running.admin).await;
    let page = rehearsal(&browser, other).await.text;
    promote(&running, third).await;
    let refused = confirm(&browser, "/promote", &page, "late & long").await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    assert!(
        refused.text.contains("value=\"late &amp; long\""),
        "{}",
        refused.text
    );
    assert_eq!(holder(&running).await, third);

    // What is shown then is what would happen now, and goes ahead.
    let loses = refused.text.split_once("Loses it").unwrap().1;
    assert!(loses.contains(&format!("/models/{third}\"")), "{}", refused.text);
    let done = confirm(&browser, "/promote", &refused.text, "still").await;
    assert_eq!(done.status, 303, "{}", done.text);
    assert_eq!(holder(&running).await, other);
}

#[tokio::test]
async fn a_reason_that_breaks_a_rule_is_told_beside_its_field() {
    let running = Running::start().await;
    let (one, other) = two(&running).await;
    let browser = Browser::of(&running, &running.admin).await;
    let page = rehearsal(&browser, other).await.text;
    let refused = confirm(&browser, "/promote", &page, " blank at the front").await;
    assert_eq!(refused.status, 400, "{}", refused.text);
    let field = refused.text.split_once("id=\"reason\"").unwrap().1;
    assert!(
        field.contains("value=\" blank at the front\"") && field.contains("aria-invalid=\"true\""),
        "{field}"
    );
    assert!(field.contains("id=\"reason-error\""), "{field}");
    assert_eq!(holder(&running).await, one);

    // Who has it to mend hears all the same that what was shown is not so any more.
    let third = running.register("gpt", "1.2.0").await;
    promote(&running, third).await;
    let moved = confirm(&browser, "/promote", &page, " blank at the front").await;
    assert_eq!(moved.status, 409, "{}", moved.text);
    assert!(moved.text.contains("What it would do now"), "{}", moved.text);
}

#[tokio::test]
async fn a_promotion_over_a_holder_that_was_deleted_is_shown_anew() {
    let running = Running::start().await;
    let (one, other) = two(&running).await;
    let browser = Browser::of(&running, &running.admin).await;
    let page = rehearsal(&browser, other).await.text;
    let deleted = running.asked("DELETE", &format!("/api/v1/models/{one}?force=true"));
    assert_eq!(deleted.send().await.unwrap().status(), 200);
    let moved = confirm(&browser, "/promote", &page, "it is gone").await;
    assert_eq!(moved.status, 409, "{}", moved.text);
    assert!(
        moved.text.contains("value=\"it is gone\"") && moved.text.contains("nobody"),
        "{}",
        moved.text
    );
    let done = confirm(&browser, "/promote", &moved.text, "it is gone").await;
    assert_eq!(done.status, 303, "{}", done.text);

    // What is so already needs no form.
    let again = confirm(&browser, "/promote", &page, "twice").await;
    assert_eq!(again.status, 409, "{}", again.text);
    assert!(
        again.text.contains("Nothing would change") && !again.text.contains("shown below"),
        "{}",
        again.text
    );
}

#[tokio::test]
async fn a_rollback_is_shown_before_it_is_made() {
    let running = Running::start().await;
    let (one, other) = two(&running).await;
    let browser = Browser::of(&running, &running.admin).await;
    promote(&running, other).await;
    let page = browser.look("/rollback?tag=production").await.text;
    assert!(
        page.contains(&format!("/models/{one}\"")) && page.contains(&format!("/models/{other}\"")),
        "{page}"
    );
    let done = confirm(&browser, "/rollback", &page, "it was worse").await;
    assert_eq!(done.status, 303, "{}", done.text);
    assert_eq!(holder(&running).await, one);
    let late = confirm(&browser, "/rollback", &page, "twice").await;
    assert_eq!(late.status, 409, "{}", late.text);
    assert!(late.text.contains("Not rolled back"), "{}", late.text);
    assert!(late.text.contains("/activity?tag=production"), "{}", late.text);
    assert_eq!(holder(&running).await, one);
}

/// Who saw one model lose the tag takes it from no other, though it would go to the same.
#[tokio::test]
async fn a_rollback_takes_the_tag_from_nobody_else() {
    let running = Running::start().await;
    let (one, other) = two(&running).await;
    let third = running.register("gpt", "1.2.0").await;
    promote(&running, other).await;
    let browser = Browser::of(&running, &running.admin).await;
    let page = browser.look("/rollback?tag=production").await.text;
    let _: Value = running.post("/api/v1/tags/production/rollback", &json!({})).await;
    promote(&running, third).await;
    let late = confirm(&browser, "/rollback", &page, "it was worse").await;
    assert_eq!(late.status, 409, "{}", late.text);
    assert!(
        late.text.contains("the tag `production` has moved meanwhile"),
        "{}",
        late.text
    );
    assert_eq!(holder(&running).await, third);
    let loses = late.text.split_once("Loses it").unwrap().1;
    assert!(loses.contains(&format!("/models/{third}\"")), "{}", late.text);
    assert!(late.text.contains("value=\"it was worse\""), "{}", late.text);
    let done = confirm(&browser, "/rollback", &late.text, "still").await;
    assert_eq!(done.status, 303, "{}", done.text);
    assert_eq!(holder(&running).await, one);
}

#[tokio::test]
async fn nothing_moves_without_a_form_of_this_session() {
    let running = Running::start().await;
    let (one, other) = two(&running).await;
    let browser = Browser::of(&running, &running.admin).await;
    let id = other.to_string();
    let fields = [
        ("model", id.as_str()),
        ("tag", "production"),
        ("scope", "registry"),
        ("expect", "none"),
    ];
    assert_eq!(browser.send("/promote", &fields).await.status, 403);
    let open = Running::without_tokens().await;
    let open = Browser::new(&open).send("/promote", &fields).await;
    assert_eq!(open.status, 403, "{}", open.text);
    assert_eq!(holder(&running).await, one);
}

#[tokio::test]
async fn a_token_moves_on_pages_no_more_than_over_http() {
    let running = Running::start().await;
    two(&running).await;
    running.register("other", "1.0.0").await;
    let of_others = running.limited("o", &[Role::Promoter], Some("other"), None);
    let of_staging = running.limited("s", &[Role::Promoter], None, Some(&["staging"]));
    let writer = running.token("w", &[Role::Writer]);
    for (token, path) in [
        (&of_others, "/promote?model=gpt%401.1.0&tag=production"),
        (&of_others, "/rollback?tag=production"),
        (&of_staging, "/promote?model=gpt&tag=production"),
        (&of_staging, "/rollback?tag=production"),
        (&writer, "/promote?model=gpt&tag=production"),
    ] {
        let shown = Browser::of(&running, token).await.look(path).await;
        assert!(
            matches!(shown.status, 403 | 409),
            "{path}: {} {}",
            shown.status,
            shown.text
        );
    }
    for (token, path) in [
        (&of_staging, "/promote?model=gpt&tag=staging"),
        // Within the name: it takes the tag from no other.
        (&of_others, "/promote?model=other&tag=production"),
    ] {
        let allowed = Browser::of(&running, token).await.look(path).await;
        assert_eq!(allowed.status, 200, "{}", allowed.text);
    }
}

/// A retired model keeps its tags, though nothing finds it by them.
#[tokio::test]
async fn a_promotion_takes_the_tag_from_nobody_who_was_not_shown() {
    let running = Running::start().await;
    let (_, other) = two(&running).await;
    let third = running.register("gpt", "1.2.0").await;
    let browser = Browser::of(&running, &running.admin).await;
    let page = rehearsal(&browser, other).await.text;
    let tag = running.asked("PUT", &format!("/api/v1/models/{third}/tags/production"));
    assert_eq!(tag.send().await.unwrap().status(), 200);
    let _: Value = running
        .post(&format!("/api/v1/models/{third}/retire"), &json!({}))
        .await;
    let refused = confirm(&browser, "/promote", &page, "unseen").await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    let loses = refused.text.split_once("Loses it").unwrap().1;
    assert!(loses.contains(&format!("/models/{third}\"")), "{}", refused.text);
    let done = confirm(&browser, "/promote", &refused.text, "seen").await;
    assert_eq!(done.status, 303, "{}", done.text);
}

#[tokio::test]
async fn a_reason_is_asked_for() {
    let running = Running::start().await;
    let (one, other) = two(&running).await;
    let browser = Browser::of(&running, &running.admin).await;
    let page = rehearsal(&browser, other).await.text;
    let refused = confirm(&browser, "/promote", &page, "").await;
    assert_eq!(refused.status, 400, "{}", refused.text);
    assert!(refused.text.contains("id=\"reason-error\""), "{}", refused.text);
    assert_eq!(holder(&running).await, one);
}

/// Under the default scope, which such a token may not use.
#[tokio::test]
async fn who_is_limited_to_names_promotes_within_a_name() {
    let running = Running::start().await;
    let (_, other) = two(&running).await;
    let token = running.limited("paula", &[Role::Promoter], Some("gpt*"), Some(&["production"]));
    let browser = Browser::of(&running, &token).await;
    let page = rehearsal(&browser, other).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let done = confirm(&browser, "/promote", &page.text, "better").await;
    assert_eq!(done.status, 303, "{}", done.text);
    assert_eq!(holder(&running).await, other);
}
