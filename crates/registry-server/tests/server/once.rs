//! Writes under an `Idempotency-Key`: made once, answered alike.

use registry_server::Role;
use serde_json::{Value, json};

use crate::running::{Running, a_model, problem};

/// What came back: status, what the headers say of a repetition and a place, and every byte of the body.
type Whole = (u16, Option<String>, Option<String>, Vec<u8>);

async fn send(running: &Running, token: &str, key: &str, write: &(&str, &str, Value)) -> Whole {
    let (method, path, body) = write;
    let mut request = running
        .request(method, path)
        .bearer_auth(token)
        .header("Idempotency-Key", key);
    request = match body {
        Value::Null => request,
        Value::String(lines) => request
            .header("Content-Type", "application/x-ndjson")
            .body(lines.clone()),
        body => request.json(body),
    };
    let response = request.send().await.unwrap();
    let header = |name: &str| {
        let value = response.headers().get(name)?;
        Some(value.to_str().unwrap().to_owned())
    };
    let (status, replayed, location) = (
        response.status().as_u16(),
        header("idempotency-replayed"),
        header("location"),
    );
    // What was answered before is not what is there now.
    assert!(replayed.is_none() || header("etag").is_none(), "{method} {path}");
    (
        status,
        replayed,
        location,
        response.bytes().await.unwrap().to_vec(),
    )
}

fn writes() -> Vec<(&'static str, &'static str, Value)> {
    let mut labelled = a_model("gpt", "3.0.0");
    labelled["tags"] = json!(["production"]);
    let mut next = a_model("gpt", "1.0.0");
    next.as_object_mut().unwrap().remove("version");
    next["bump"] = "major".into();
    let lines = format!("{}\n{}\n", a_model("many", "1.0.0"), a_model("many", "1.1.0"));
    vec![
        (
            "POST",
            "/api/v1/tags/production/promote",
            json!({ "model_id": 1 }),
        ),
        (
            "POST",
            "/api/v1/tags/production/promote?reason=why",
            json!({ "model_id": 2 }),
        ),
        ("POST", "/api/v1/tags/production/rollback", Value::Null),
        ("POST", "/api/v1/models", labelled),
        ("POST", "/api/v1/models", next),
        ("POST", "/api/v1/registrations", Value::String(lines)),
        ("PUT", "/api/v1/models/2/tags/best", Value::Null),
        ("DELETE", "/api/v1/models/2/tags/best", Value::Null),
        (
            "PATCH",
            "/api/v1/models/1",
            json!({ "notes": "x", "metrics": { "val_loss": 0.1 } }),
        ),
        (
            "POST",
            "/api/v1/models/1/exports",
            json!({ "export_format": "onnx", "export_path": "a.onnx" }),
        ),
        ("DELETE", "/api/v1/models/1/exports/onnx", Value::Null),
        ("POST", "/api/v1/models/2/retire", Value::Null),
        ("POST", "/api/v1/models/2/restore", Value::Null),
        ("DELETE", "/api/v1/models/2?force=true", Value::Null),
        ("PATCH", "/api/v1/settings", json!({ "promotion-scope": "name" })),
    ]
}

async fn events(running: &Running) -> Value {
    running.get("/api/v1/events?limit=1000").await
}

#[tokio::test]
async fn every_write_is_made_once_and_answered_byte_by_byte() {
    let running = Running::start().await;
    running.register("gpt", "1.0.0").await;
    running.register("gpt", "1.1.0").await;
    let mut first = Vec::new();
    for (place, write) in writes().iter().enumerate() {
        let key = format!("\"key {place}\"").replace(' ', "-");
        let answer = send(&running, &running.admin, &key, write).await;
        assert!(
            [200, 201].contains(&answer.0),
            "{write:?} {}",
            String::from_utf8_lossy(&answer.3)
        );
        assert_eq!(answer.1, None, "{write:?}");
        first.push((key, answer));
    }
    let before = events(&running).await;
    // After all the others, when nothing is as it was.
    for ((key, answer), write) in first.iter().zip(&writes()) {
        let again = send(&running, &running.admin, key.trim_matches('"'), write).await;
        assert_eq!(again.1.as_deref(), Some("true"), "{write:?}");
        assert_eq!(
            (again.0, &again.2, &again.3),
            (answer.0, &answer.2, &answer.3),
            "{write:?}"
        );
    }
    assert_eq!(events(&running).await, before);
}

#[tokio::test]
async fn a_key_is_for_one_request() {
    let running = Running::start().await;
    let write = ("POST", "/api/v1/models", a_model("gpt", "1.0.0"));
    send(&running, &running.admin, "k", &write).await;
    let post = |path: &str| running.asked("POST", path).header("Idempotency-Key", "k");
    for other in [
        post("/api/v1/models").json(&a_model("gpt", "1.1.0")),
        post("/api/v1/models?reason=other").json(&a_model("gpt", "1.0.0")),
        post("/api/v1/models?dry_run=true").json(&a_model("gpt", "1.1.0")),
        post("/api/v1/models/1/retire"),
    ] {
        assert_eq!(problem(other).await, (422, "idempotency_key_reused".into()));
    }
    let refused = running
        .asked("POST", "/api/v1/models")
        .header("Idempotency-Key", "free");
    let refused = refused.json(&a_model("gpt", "1.0.0"));
    assert_eq!(problem(refused).await, (409, "model_exists".into()));
    let write = ("POST", "/api/v1/models", a_model("gpt", "2.0.0"));
    let answer = send(&running, &running.admin, "free", &write).await;
    assert_eq!((answer.0, answer.1), (201, None));
}

#[tokio::test]
async fn a_key_that_is_none_is_refused_where_something_is_written() {
    let running = Running::start().await;
    for key in ["", "a b", "\"open", &"k".repeat(256)] {
        let bad = running
            .asked("POST", "/api/v1/models")
            .header("Idempotency-Key", key);
        let bad = bad.json(&a_model("gpt", "1.0.0"));
        assert_eq!(
            problem(bad).await,
            (400, "invalid_idempotency_key".into()),
            "{key}"
        );
        let read = running
            .asked("GET", "/api/v1/models")
            .header("Idempotency-Key", key);
        assert_eq!(read.send().await.unwrap().status(), 200);
    }
    let two = running
        .asked("POST", "/api/v1/models")
        .json(&a_model("gpt", "1.0.0"));
    let two = two.header("Idempotency-Key", "a").header("Idempotency-Key", "b");
    assert_eq!(problem(two).await, (400, "invalid_idempotency_key".into()));
    let none: Value = running.get("/api/v1/models").await;
    assert_eq!(none["models"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn a_key_of_another_tells_nothing() {
    let running = Running::start().await;
    let alice = running.token("alice", &[Role::Writer]);
    let bob = running.token("bob", &[Role::Writer]);
    let reader = running.token("reader", &[Role::Reader]);
    let write = ("POST", "/api/v1/models", a_model("gpt", "1.0.0"));
    assert_eq!(send(&running, &alice, "k", &write).await.0, 201);
    let theirs = send(&running, &bob, "k", &write).await;
    assert_eq!((theirs.0, theirs.1), (409, None));
    assert_eq!(send(&running, &reader, "k", &write).await.0, 403);
    assert_eq!(
        send(&running, &alice, "k", &write).await.1.as_deref(),
        Some("true")
    );
}

#[tokio::test]
async fn a_token_for_some_names_rolls_back_once() {
    let running = Running::start().await;
    for version in ["1.0.0", "1.1.0", "1.2.0"] {
        running.register("gpt", version).await;
    }
    for model in 1..=3 {
        running
            .post::<Value>("/api/v1/tags/production/promote", &json!({ "model_id": model }))
            .await;
    }
    let limited = running.limited("carol", &[Role::Promoter], Some("gpt*"), None);
    let write = ("POST", "/api/v1/tags/production/rollback?name=gpt", Value::Null);
    let first = send(&running, &limited, "k", &write).await;
    assert_eq!((first.0, &first.1), (200, &None));
    let again = send(&running, &limited, "k", &write).await;
    assert_eq!((again.0, again.1.as_deref()), (200, Some("true")));
    assert_eq!(again.3, first.3);
    let holder: Value = running.get("/api/v1/tags/production").await;
    assert_eq!(holder["model_id"], 2);
}
