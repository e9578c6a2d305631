//! Names that a path can get wrong: routed to the right model, or refused.

use serde_json::Value;

use crate::running::{Running, problem};

/// Every byte that is not plain as `%XX`.
fn encoded(text: &str) -> String {
    text.bytes()
        .fold(String::new(), |text, byte| format!("{text}%{byte:02X}"))
}

#[tokio::test]
async fn every_name_of_the_registry_can_be_asked_for() {
    let running = Running::start().await;
    let names = [
        "org/gpt",
        "a/b/c",
        "a//b",
        "/a",
        "a/",
        "%2f",
        "%",
        "a%2Fb",
        "ünï",
        "模型",
        "a b",
        "a?b=c",
        "a#b",
        "a;b",
        "a&b=c",
        "a+b",
        "by-id",
        "versions",
        "latest",
        ".",
        "..",
        "../../etc/passwd",
        "a\\b",
        "\"",
        "<script>",
        "'",
        &"n".repeat(255),
    ];
    for name in names {
        running.register(name, "1.0.0").await;
    }
    for name in names {
        let find = format!("/api/v1/find?model={}", encoded(&format!("{name}@1.0.0")));
        let found: Value = running.get(&find).await;
        assert_eq!(found["name"], name);
        // A client that follows the standard of URLs resolves `.` and `..` itself, also when they are encoded.
        if name == "." || name == ".." {
            continue;
        }
        let path = format!("/api/v1/names/{}/versions/1.0.0", encoded(name));
        assert_eq!(running.get::<Value>(&path).await, found, "{path}");
        let path = format!("/api/v1/names/{}/versions", encoded(name));
        assert_eq!(running.get::<Value>(&path).await["name"], name);
    }
}

#[tokio::test]
async fn dots_in_a_path_mean_nothing_to_the_server() {
    let running = Running::start().await;
    running.register("..", "1.0.0").await;
    let ask = |path: &str| {
        format!(
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\r\n",
            running.admin
        )
    };
    for path in [
        "/api/v1/names/../versions/1.0.0",
        "/api/v1/names/%2e%2E/versions/1.0.0",
    ] {
        let answer = running.raw(ask(path).as_bytes()).await;
        assert!(
            answer.starts_with("HTTP/1.1 200") && answer.contains("\"name\":\"..\""),
            "{answer}"
        );
    }
    for path in [
        "/api/v1/names/gpt/../../settings",
        "/../../etc/passwd",
        "//api/v1/settings",
        "/api/v1/settings/",
        "/API/v1/settings",
    ] {
        let answer = running.raw(ask(path).as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 404"), "{path} {answer}");
    }
}

#[tokio::test]
async fn what_is_no_name_is_refused() {
    let running = Running::start().await;
    for (segment, code) in [
        ("a%40b", "invalid_name"),
        ("%3Aa", "invalid_name"),
        ("a%00b", "invalid_name"),
        ("a%0Ab", "invalid_name"),
        ("a%E2%80%AEb", "invalid_name"),
        ("%20a", "invalid_name"),
        ("", "invalid_name"),
        ("%FF", "bad_request"),
        (&"n".repeat(256), "invalid_name"),
    ] {
        let asked = running.asked("GET", &format!("/api/v1/names/{segment}/versions"));
        assert_eq!(problem(asked).await, (400, code.into()), "{segment}");
    }
    for (segment, code) in [
        ("0", 400),
        ("-1", 400),
        ("x", 400),
        ("1x", 400),
        ("99999999999999999999", 400),
        ("9223372036854775807", 404),
    ] {
        let asked = running.asked("GET", &format!("/api/v1/models/{segment}"));
        assert_eq!(problem(asked).await.0, code, "{segment}");
    }
}
