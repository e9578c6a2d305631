//! Health, metrics, ids of requests, stopping.

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::running::{Running, problem};

#[tokio::test]
async fn health_and_metrics() {
    let running = Running::start().await;
    for path in ["/healthz", "/readyz"] {
        let answer: Value = crate::running::read(running.request("GET", path).send().await.unwrap()).await;
        assert_eq!(answer["status"], "ok");
    }
    running.asked("GET", "/api/v1/models/7").send().await.unwrap();
    running.asked("GET", "/nowhere/at/all").send().await.unwrap();
    let text = running.metrics().await;
    for line in [
        "registry_requests_total{method=\"GET\",route=\"/api/v1/models/{id}\",status=\"404\"} 1",
        "registry_requests_total{method=\"GET\",route=\"none\",status=\"404\"} 1",
        "registry_requests_running 1",
    ] {
        assert!(text.contains(line), "{text}");
    }
}

#[tokio::test]
async fn every_answer_has_the_id_of_its_request() {
    let running = Running::start().await;
    let ask = |id: Option<&str>| {
        let request = running.request("GET", "/api/v1/settings");
        match id {
            Some(id) => request.header("X-Request-Id", id),
            None => request,
        }
    };
    let mine = ask(Some("abc-1.2_3")).send().await.unwrap();
    assert_eq!(mine.headers()["x-request-id"], "abc-1.2_3");
    let text: Value = serde_json::from_str(&mine.text().await.unwrap()).unwrap();
    assert_eq!(text["request_id"], "abc-1.2_3");
    let mut ids = std::collections::BTreeSet::new();
    for id in [None, Some("with blank"), Some("x\"y"), Some(&"x".repeat(65))] {
        let answer = ask(id).send().await.unwrap();
        assert!(ids.insert(answer.headers()["x-request-id"].to_str().unwrap().to_owned()));
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    }
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_too() {
    let running = Running::start().await;
    assert_eq!(
        problem(running.asked("GET", "/nowhere")).await,
        (404, "route_not_found".into())
    );
    assert_eq!(
        problem(running.asked("GET", "/api/v2/models")).await,
        (404, "route_not_found".into())
    );
    assert_eq!(
        problem(running.asked("PUT", "/api/v1/models")).await,
        (405, "method_not_allowed".into())
    );
    assert_eq!(
        problem(running.asked("BREW", "/api/v1/models")).await,
        (405, "method_not_allowed".into())
    );
    let allowed = running.asked("PUT", "/api/v1/models").send().await.unwrap();
    assert_eq!(allowed.headers()["allow"], "GET,HEAD,POST");
}

#[tokio::test]
async fn an_answer_can_come_compressed() {
    let running = Running::start().await;
    let answer = running
        .asked("GET", "/api/v1/openapi.json")
        .header("Accept-Encoding", "gzip");
    let answer = answer.send().await.unwrap();
    assert_eq!(answer.headers()["content-encoding"], "gzip");
    assert!(answer.bytes().await.unwrap().len() < 40_000);
}

#[tokio::test]
async fn a_request_that_has_begun_is_finished() {
    let mut running = Running::start().await;
    let mut stream = tokio::net::TcpStream::connect(running.address).await.unwrap();
    let body = crate::running::a_model("gpt", "1.0.0").to_string();
    let (begin, end) = body.split_at(10);
    let head = format!(
        "POST /api/v1/models HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\nExpect: 100-continue\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        running.admin,
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // The server asks for the body: the request has begun.
    let mut asked = [0; 25];
    stream.read_exact(&mut asked).await.unwrap();
    assert!(asked.starts_with(b"HTTP/1.1 100 Continue"));
    stream.write_all(begin.as_bytes()).await.unwrap();
    let stopping = running.stopping();
    stream.write_all(end.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    stopping.await.unwrap();
    assert!(tokio::net::TcpStream::connect(running.address).await.is_err());
}

#[tokio::test]
async fn an_idle_server_stops_at_once() {
    let mut running = Running::start().await;
    running.register("gpt", "1.0.0").await;
    running.stop().await;
}
