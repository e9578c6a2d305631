//! Writes that expect a revision of their model.

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
            || route.path == "/api/v1/tags/{tag}/promote";
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
