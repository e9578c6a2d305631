//! Bodies, pages, heads, and other sites.

use std::time::Duration;

use registry_server::Limits;
use serde_json::json;

use crate::running::{Running, a_model, problem};

#[tokio::test]
async fn what_is_too_large_is_refused() {
    let limits = Limits {
        body: 10_000,
        bulk_body: 20_000,
        page: 100,
        ..Limits::default()
    };
    let running = Running::with_limits(limits).await;
    let mut model = a_model("gpt", "1.0.0");
    model["notes"] = "n".repeat(10_000).into();
    let large = running.asked("POST", "/api/v1/models").json(&model);
    assert_eq!(problem(large).await, (413, "body_too_large".into()));
    let lines = |size: usize| {
        let text = " ".repeat(size) + &a_model("gpt", "1.0.0").to_string();
        running
            .asked("POST", "/api/v1/registrations")
            .header("Content-Type", "application/x-ndjson")
            .body(text)
    };
    assert_eq!(problem(lines(20_000)).await, (413, "body_too_large".into()));
    assert_eq!(lines(15_000).send().await.unwrap().status(), 201);

    for path in [
        "/api/v1/models?limit=101",
        "/api/v1/names?limit=101",
        "/api/v1/events?limit=101",
        "/api/v1/facets?values=101",
    ] {
        assert_eq!(
            problem(running.asked("GET", path)).await,
            (400, "invalid_limit".into()),
            "{path}"
        );
    }
    for limit in [101, -1] {
        let search = running
            .asked("POST", "/api/v1/search")
            .json(&json!({ "limit": limit }));
        assert_eq!(problem(search).await, (400, "invalid_limit".into()));
    }
    let ids = vec!["1"; 101].join(",");
    let many = running.asked("GET", &format!("/api/v1/models/by-id?ids={ids}"));
    assert_eq!(problem(many).await, (400, "bad_request".into()));
    let deep = "[".repeat(100_000);
    let deep = running
        .asked("POST", "/api/v1/search")
        .header("Content-Type", "application/json")
        .body(deep);
    assert_eq!(problem(deep).await.0, 413);
    let deep = "{\"not\":".repeat(1_000);
    let deep = running
        .asked("POST", "/api/v1/search")
        .header("Content-Type", "application/json")
        .body(deep);
    assert_eq!(problem(deep).await, (400, "invalid_search".into()));
}

#[tokio::test]
async fn a_head_that_does_not_end_is_cut_off() {
    let limits = Limits {
        header_time: Duration::from_millis(50),
        ..Limits::default()
    };
    let running = Running::with_limits(limits).await;
    let mut stream = tokio::net::TcpStream::connect(running.address).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut stream, b"GET /healthz HTTP/1.1\r\nHost: lo")
        .await
        .unwrap();
    let mut answer = Vec::new();
    // Ends only when the server closes the connection.
    let _ = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut answer).await;
    assert!(!String::from_utf8_lossy(&answer).contains("200"));

    let head = format!(
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n",
        "x".repeat(1_000_000)
    );
    let answer = running.raw(head.as_bytes()).await;
    assert!(!answer.contains("200 OK"), "{answer}");
}

#[tokio::test]
async fn a_body_that_does_not_end_is_cut_off() {
    let limits = Limits {
        time: Duration::from_millis(50),
        ..Limits::default()
    };
    let running = Running::with_limits(limits).await;
    let mut stream = tokio::net::TcpStream::connect(running.address).await.unwrap();
    let head = format!(
        "POST /api/v1/models HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{",
        running.admin
    );
    tokio::io::AsyncWriteExt::write_all(&mut stream, head.as_bytes())
        .await
        .unwrap();
    let mut answer = Vec::new();
    let _ = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut answer).await;
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.contains("\"code\":\"request_timeout\""), "{answer}");
}

#[tokio::test]
async fn other_sites_are_refused() {
    for running in [Running::start().await, Running::without_tokens().await] {
        let rebound = running
            .asked("GET", "/api/v1/settings")
            .header("Host", "evil.example");
        assert_eq!(problem(rebound).await, (421, "host_refused".into()));
        let forged = running
            .asked("POST", "/api/v1/models/1/retire")
            .header("Origin", "http://evil.example");
        assert_eq!(problem(forged).await, (403, "origin_refused".into()));
        let simple = running
            .asked("POST", "/api/v1/models")
            .header("Content-Type", "text/plain")
            .body(a_model("gpt", "1.0.0").to_string());
        assert_eq!(problem(simple).await, (415, "unsupported_media_type".into()));
    }
}

#[tokio::test]
async fn without_tokens_everybody_is_one_actor() {
    let running = Running::without_tokens().await;
    let request = running
        .request("POST", "/api/v1/models")
        .json(&a_model("gpt", "1.0.0"));
    let answer: serde_json::Value = crate::running::read(request.send().await.unwrap()).await;
    assert_eq!(answer["created_by"], "everybody");
}

#[tokio::test]
async fn who_asks_too_often_waits() {
    let limits = Limits {
        token_rate: Some(1),
        ..Limits::default()
    };
    let running = Running::with_limits(limits).await;
    let ask = || running.asked("GET", "/api/v1/settings");
    while ask().send().await.unwrap().status() == 200 {}
    assert_eq!(problem(ask()).await, (429, "too_many_requests".into()));
    let bob = running.token("bob", &[registry_server::Role::Reader]);
    let other = running.request("GET", "/api/v1/settings").bearer_auth(bob);
    assert_eq!(other.send().await.unwrap().status(), 200);

    // By its address also who has no token.
    let limits = Limits {
        address_rate: Some(1),
        ..Limits::default()
    };
    let running = Running::with_limits(limits).await;
    let guess = || {
        running
            .request("GET", "/api/v1/settings")
            .bearer_auth("mrt_guess")
    };
    let refused = loop {
        let answer = guess().send().await.unwrap();
        if answer.status() != 401 {
            break answer;
        }
    };
    let wait: u64 = refused.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=2).contains(&wait), "{wait}");
    assert_eq!(refused.status(), 429);
    let health = running.request("GET", "/healthz").send().await.unwrap();
    assert_eq!(health.status(), 200);
}
