//! Writes that expect a revision of their model or webhook.

use registry_server::Permission;
use registry_server::routes::ROUTES;
use serde_json::{Value, json};

use crate::access::path;
use crate::running::{Running, problem};

#[tokio::test]
async fn a_model_that_has_changed_is_left_alone() {
    let running = Running::start().await;
    let id = running.register("gpt", "1.0.0").await;
    let path = format!("/api/v1/models/{id}");
    let seen = running.asked("GET", &path).send().await.unwrap();
    let seen = seen.headers()["etag"].to_str().unwrap().to_owned();
    let change = |tag: &str, notes: &str| {
        let change = running.asked("PATCH", &path).header("If-Match", tag);
        change.json(&json!({ "notes": notes }))
    };
    let rehearsed = running.asked("PATCH", &format!("{path}?dry_run=true"));
    let rehearsed = rehearsed
        .header("If-Match", &seen)
        .json(&json!({ "notes": "never" }));
    let rehearsed = rehearsed.send().await.unwrap();
    assert_eq!(
        (rehearsed.status().as_u16(), rehearsed.headers().get("etag")),
        (200, None)
    );

    let answer = change(&seen, "first").send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let next = answer.headers()["etag"].to_str().unwrap().to_owned();
    assert_ne!(next, seen);
    assert_eq!(
        problem(change(&seen, "second")).await,
        (412, "revision_changed".into())
    );
    let model: Value = running.get(&path).await;
    assert_eq!(model["notes"], "first");

    // What the write answered is what a read says.
    let read = running.asked("GET", &path).send().await.unwrap();
    assert_eq!(read.headers()["etag"], next.as_str());
    let several = format!("\"other\", {}", next.trim_start_matches("W/"));
    assert_eq!(change(&several, "third").send().await.unwrap().status(), 200);
    assert_eq!(change("*", "fourth").send().await.unwrap().status(), 200);
    assert_eq!(
        problem(change("\"x\"", "fifth")).await,
        (412, "revision_changed".into())
    );
    for (method, path) in [
        ("DELETE", path.clone()),
        ("POST", format!("{path}/retire")),
        ("POST", format!("{path}/restore")),
        ("PUT", format!("{path}/tags/beta")),
    ] {
        let late = running.asked(method, &path).header("If-Match", &seen);
        assert_eq!(
            problem(late).await,
            (412, "revision_changed".into()),
            "{method} {path}"
        );
    }
    assert_eq!(
        problem(
            running
                .asked("DELETE", "/api/v1/models/99")
                .header("If-Match", "*")
        )
        .await,
        (404, "model_not_found".into())
    );
}

#[tokio::test]
async fn a_webhook_that_has_changed_is_left_alone() {
    let running = Running::start().await;
    let new = json!({ "name": "ci", "url": "https://ci.example/hook" });
    let made = running.asked("POST", "/api/v1/webhooks").json(&new);
    let made = made.send().await.unwrap();
    let seen = made.headers()["etag"].to_str().unwrap().to_owned();
    let path = "/api/v1/webhooks/1";
    let read = async || {
        let read = running.asked("GET", path).send().await.unwrap();
        read.headers()["etag"].to_str().unwrap().to_owned()
    };
    assert_eq!(read().await, seen);
    let known = running.asked("GET", path).header("If-None-Match", &seen);
    assert_eq!(known.send().await.unwrap().status(), 304);

    let change = |tag: &str, name: &str| {
        let change = running.asked("PATCH", path).header("If-Match", tag);
        change.json(&json!({ "name": name }))
    };
    let first = change(&seen, "first").send().await.unwrap();
    assert_eq!(first.status(), 200);
    assert_eq!(first.headers()["etag"], read().await.as_str());
    let changed = (412, "webhook_changed".to_owned());
    assert_eq!(problem(change(&seen, "second")).await, changed);
    for (method, path) in [("DELETE", path.to_owned()), ("POST", format!("{path}/rotate"))] {
        let late = running.asked(method, &path).header("If-Match", &seen);
        assert_eq!(problem(late.json(&json!({}))).await, changed, "{method} {path}");
    }
    let webhook: Value = running.get(path).await;
    assert_eq!(webhook["name"], "first");
    let now = read().await;
    let rotated = running
        .asked("POST", &format!("{path}/rotate"))
        .header("If-Match", &now);
    let rotated = rotated.json(&json!({})).send().await.unwrap();
    assert_eq!(rotated.headers()["etag"], read().await.as_str());
    assert_ne!(read().await, now);
    // A read takes none, whether it wants the body or not.
    for method in ["GET", "HEAD"] {
        let read = running.asked(method, path).header("If-Match", &now);
        assert_eq!(read.send().await.unwrap().status(), 501, "{method}");
    }
}

#[tokio::test]
async fn what_is_answered_again_has_no_revision() {
    let running = Running::start().await;
    let new = json!({ "name": "ci", "url": "https://ci.example/hook" });
    let _: Value = running.post("/api/v1/webhooks", &new).await;
    let rename = async |key: &str, name: &str| {
        let renamed = running
            .asked("PATCH", "/api/v1/webhooks/1")
            .header("Idempotency-Key", key);
        let renamed = renamed.json(&json!({ "name": name })).send().await.unwrap();
        assert_eq!(renamed.status(), 200);
        renamed.headers().contains_key("etag")
    };
    assert!(rename("k1", "first").await);
    assert!(rename("k2", "second").await);
    // It is `second` now: the revision of `first` would be no use.
    assert!(!rename("k1", "first").await);
}

#[tokio::test]
async fn where_it_cannot_be_kept_it_is_refused() {
    let running = Running::start().await;
    running.register("gpt", "1.0.0").await;
    for route in ROUTES {
        if route.permission == Permission::Public {
            continue;
        }
        let path = path(route);
        let method = route.method.to_uppercase();
        let writes = route.permission != Permission::Read && route.path.starts_with("/api/v1/models/{id}")
            || ["/api/v1/tags/{tag}/promote", "/api/v1/tags/{tag}/rollback"].contains(&route.path)
            || route.method != "get"
                && ["/api/v1/webhooks/{id}", "/api/v1/webhooks/{id}/rotate"].contains(&route.path);
        let ask = running.asked(&method, &path).header("If-Match", "\"x\"");
        let answer = ask.json(&json!({})).send().await.unwrap().status();
        assert_eq!(answer == 501, !writes, "{method} {path} {answer}");
        let dated = running.asked(&method, &path);
        let dated = dated.header("If-Unmodified-Since", "Wed, 21 Oct 2015 07:28:00 GMT");
        assert_eq!(
            problem(dated).await,
            (501, "precondition_unsupported".into()),
            "{method} {path}"
        );
    }
}
