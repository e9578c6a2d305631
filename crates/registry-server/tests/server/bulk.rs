//! Lines of JSON, in both directions.

use registry_server::schema;
use serde_json::Value;

use crate::running::{Running, a_model, problem, read};

const NDJSON: &str = "application/x-ndjson";

fn lines(models: &[Value]) -> String {
    models
        .iter()
        .fold(String::new(), |text, model| text + &model.to_string() + "\n")
}

#[tokio::test]
async fn what_one_server_lists_another_registers() {
    let (from, to) = (Running::start().await, Running::start().await);
    // More than are read at a time.
    let models: Vec<Value> = (0..1_203)
        .map(|patch| a_model("gpt", &format!("1.0.{patch}")))
        .collect();
    let sent = from
        .asked("POST", "/api/v1/registrations")
        .header("Content-Type", NDJSON);
    let registered: schema::ManyRegistered = read(sent.body(lines(&models)).send().await.unwrap()).await;
    assert_eq!(registered.models.len(), models.len());

    let list = from
        .asked("GET", "/api/v1/models?sort=id")
        .header("Accept", NDJSON);
    let list = list.send().await.unwrap();
    assert_eq!(list.headers()["content-type"], NDJSON);
    let list = list.text().await.unwrap();
    assert_eq!(list.lines().count(), models.len());
    let sent = to
        .asked("POST", "/api/v1/registrations")
        .header("Content-Type", NDJSON);
    let copied: schema::ManyRegistered = read(sent.body(list).send().await.unwrap()).await;
    assert_eq!(copied.models.last().unwrap().ordinal, 1_203);

    let some = to
        .asked("GET", "/api/v1/models?limit=701&short=true")
        .header("Accept", NDJSON);
    let some = some.send().await.unwrap().text().await.unwrap();
    assert_eq!(some.lines().count(), 701);
    serde_json::from_str::<schema::ModelSummary>(some.lines().last().unwrap()).unwrap();
    let every = to.asked("POST", "/api/v1/search").header("Accept", NDJSON);
    let every = every
        .json(&serde_json::json!({ "limit": -1 }))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert_eq!(every.lines().count(), 1_203);
}

#[tokio::test]
async fn every_bad_line_is_named_and_none_is_registered() {
    let running = Running::start().await;
    let text = format!(
        "{}\n\nnot json\n{}",
        a_model("a", "1.0.0"),
        lines(&[a_model("b", "1"), a_model("a", "1.0.0")])
    );
    let send = |text: String| {
        running
            .asked("POST", "/api/v1/registrations")
            .header("Content-Type", NDJSON)
            .body(text)
    };
    let response = send(text).send().await.unwrap();
    assert_eq!(response.status(), 400);
    let problem_document: registry_server::ProblemDocument =
        serde_json::from_str(&response.text().await.unwrap()).unwrap();
    assert_eq!(problem_document.code, "bulk_refused");
    let named: Vec<(usize, &str)> = problem_document
        .lines
        .iter()
        .map(|line| (line.line, line.code.as_str()))
        .collect();
    assert_eq!(named, [(3, "invalid_registration"), (4, "invalid_version")]);

    let twice = format!("\n{}", lines(&[a_model("a", "1.0.0"), a_model("a", "1.0.0")]));
    let response = send(twice).send().await.unwrap();
    let document: registry_server::ProblemDocument =
        serde_json::from_str(&response.text().await.unwrap()).unwrap();
    assert_eq!(document.lines[0].line, 3, "{document:?}");
    let count: schema::Count = running.get("/api/v1/count?status=all").await;
    assert_eq!(count.count, 0);

    let rehearsed = running
        .asked("POST", "/api/v1/registrations?dry_run=true")
        .header("Content-Type", NDJSON);
    let rehearsed = rehearsed
        .body(lines(&[a_model("a", "1.0.0")]))
        .send()
        .await
        .unwrap();
    assert_eq!(rehearsed.status(), 200);
    assert_eq!(
        read::<schema::ManyRegistered>(rehearsed).await.dry_run,
        Some(true)
    );
    let other = running
        .asked("POST", "/api/v1/registrations")
        .json(&a_model("a", "1.0.0"));
    assert_eq!(problem(other).await, (415, "unsupported_media_type".into()));
}
