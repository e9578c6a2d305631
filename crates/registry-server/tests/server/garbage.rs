//! Whatever is sent, the server answers or hangs up: no 500, no panic, no hang.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use registry_server::routes::{PAGES, ROUTES};
use serde_json::Value;

use crate::running::Running;

/// JSON of any shape, rather often with the names of fields.
fn some_json() -> impl Strategy<Value = Value> {
    let key = prop_oneof![
        "[a-z_]{0,6}",
        prop::sample::select(vec![
            "name",
            "version",
            "bump",
            "checkpoint_path",
            "task_type",
            "config",
            "metrics",
            "size_bytes",
            "tags",
            "model_id",
            "scope",
            "expect",
            "filter",
            "field",
            "operator",
            "value",
            "sort",
            "limit",
            "cursor",
            "notes",
            "metadata",
            "export_format",
            "export_path",
            "promotion-scope",
            "and",
            "not",
        ])
        .prop_map(str::to_owned),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[a-z0-9.@:/-]{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(key.clone(), inner, 0..8)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// A text in a path or behind `?`.
fn segment() -> impl Strategy<Value = String> {
    let encoded = any::<Vec<u8>>().prop_map(|bytes| {
        bytes
            .iter()
            .fold(String::new(), |text, byte| format!("{text}%{byte:02x}"))
    });
    prop_oneof![
        "[a-z0-9.@:,^-]{1,8}",
        encoded,
        Just("1".to_owned()),
        Just("gpt".to_owned())
    ]
}

#[test]
fn no_request_breaks_the_server() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let running = runtime.block_on(async {
        let running = Running::start().await;
        running.register("gpt", "1.0.0").await;
        running
    });
    let parameter = prop::sample::select(vec![
        "where", "status", "sort", "limit", "cursor", "short", "ids", "model", "name", "tag", "at", "scope",
        "after", "before", "reason", "dry_run", "force", "path", "metric", "better", "up_to", "values",
        "models", "model_id",
    ]);
    // A stream of events has no end.
    let ends = ROUTES.iter().filter(|route| !route.path.ends_with("/stream"));
    let ends: Vec<_> = ends.copied().collect();
    let request = (
        prop::sample::select(ends),
        prop::collection::vec(segment(), 3),
        prop::collection::vec((parameter, segment()), 0..3),
        prop_oneof![
            some_json().prop_map(|value| value.to_string().into_bytes()),
            any::<Vec<u8>>(),
            Just(Vec::new())
        ],
        any::<bool>(),
    );
    let mut runner = TestRunner::new(ProptestConfig::with_cases(600));
    let tried = runner.run(&request, |(route, segments, parameters, body, lines)| {
        let mut path = route.path.to_owned();
        for (variable, segment) in ["{id}", "{name}", "{version}", "{tag}", "{format}"].iter().zip(segments.iter().cycle()) {
            path = path.replace(variable, segment);
        }
        let query: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let kind = if lines { "application/x-ndjson" } else { "application/json" };
        let head = format!(
            "{} {path}?{} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {}\r\nAccept: {kind}\r\n\
             Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            route.method.to_uppercase(),
            query.join("&"),
            running.admin,
            body.len()
        );
        let answer = runtime.block_on(running.raw(&[head.as_bytes(), &body].concat()));
        let status = answer.split(' ').nth(1).unwrap_or_default();
        prop_assert!(
            matches!(status.as_bytes().first(), Some(b'2' | b'4')),
            "{head}{}\n{answer}",
            String::from_utf8_lossy(&body)
        );
        Ok(())
    });
    tried.unwrap();
}

/// Counts what panics in this process from now on, and shows it as before.
fn panics() -> Arc<AtomicUsize> {
    let count = Arc::new(AtomicUsize::new(0));
    let (counted, shown) = (Arc::clone(&count), std::panic::take_hook());
    std::panic::set_hook(Box::new(move |panic| {
        counted.fetch_add(1, Ordering::Relaxed);
        shown(panic);
    }));
    count
}

#[test]
fn no_bytes_break_the_server() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let running = runtime.block_on(Running::start());
    let panics = panics();
    let bytes = prop_oneof![
        any::<Vec<u8>>(),
        "(GET|POST|[A-Z]{0,5}) /[ -~]{0,20} HTTP/[0-9.]{0,3}\r\n([ -~]{0,20}\r\n){0,4}\r\n[ -~]{0,20}"
            .prop_map(String::into_bytes),
    ];
    let mut runner = TestRunner::new(ProptestConfig::with_cases(300));
    let tried = runner.run(&bytes, |bytes| {
        let answer = runtime.block_on(running.bytes(&bytes));
        prop_assert!(answer.is_empty() || !answer.starts_with("HTTP/1.1 5"), "{answer}");
        Ok(())
    });
    tried.unwrap();
    // Of a connection without an answer nobody could tell.
    assert_eq!(panics.load(Ordering::Relaxed), 0);
    let healthy =
        runtime.block_on(async { running.request("GET", "/healthz").send().await.unwrap().status() });
    assert_eq!(healthy, 200);
}

#[test]
fn no_request_breaks_a_page() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let running = runtime.block_on(async {
        let running = Running::without_tokens().await;
        running.register("gpt", "1.0.0").await;
        running
    });
    let parameter = prop::sample::select(vec![
        "where", "status", "sort", "cursor", "metric", "ids", "after", "before", "model", "model_id", "name",
        "tag", "next", "scope", "expect", "reason", "token", "url", "kind", "seen", "enabled", "old", "key",
    ]);
    // What has no end is tested by itself.
    let pages: Vec<_> = PAGES
        .iter()
        .copied()
        .filter(|page| page.path != "/live")
        .collect();
    let request = (
        prop::sample::select(pages),
        segment(),
        prop::collection::vec((parameter, segment()), 0..4),
    );
    let mut runner = TestRunner::new(ProptestConfig::with_cases(400));
    let tried = runner.run(&request, |(page, segment, parameters)| {
        let mut path = page.path.to_owned();
        for variable in ["{id}", "{name}", "{file}"] {
            path = path.replace(variable, &segment);
        }
        let fields: Vec<String> = parameters
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let fields = fields.join("&");
        let (query, body) = if page.method == "get" {
            (fields.as_str(), "")
        } else {
            ("", fields.as_str())
        };
        let head = format!(
            "{} {path}?{query} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nOrigin: http://localhost\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            page.method.to_uppercase(),
            body.len()
        );
        let answer = runtime.block_on(running.raw(head.as_bytes()));
        let status = answer.split(' ').nth(1).unwrap_or_default();
        prop_assert!(
            matches!(status.as_bytes().first(), Some(b'2'..=b'4')),
            "{head}\n{answer}"
        );
        Ok(())
    });
    tried.unwrap();
}
