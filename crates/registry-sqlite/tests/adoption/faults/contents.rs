//! Faults in what a model holds (metrics, metadata, paths, sizes, times): what becomes of each, and that the original is kept.

use serde_json::{Value, json};

use crate::column::check;
use crate::support::{File, history, model, row};

#[tokio::test]
async fn metrics() {
    check(
        "metrics",
        &[
            ("NULL", json!({}), Value::Null),
            (
                "'{\"b\": 2, \"a\": 1e-05}'",
                json!({"b": 2.0, "a": 1e-5}),
                Value::Null,
            ),
            (
                "'{\"a\": 1, \"b\": NaN}'",
                json!({"a": 1.0}),
                json!("{\"a\": 1, \"b\": NaN}"),
            ),
            ("'{\"a\": -Infinity}'", json!({}), json!("{\"a\": -Infinity}")),
            (
                "'{\"a\": \"low\", \"b\": \"0.5\", \"c\": true, \"d\": {\"e\": 1}, \"f\": null}'",
                json!({"b": 0.5}),
                json!("{\"a\": \"low\", \"b\": \"0.5\", \"c\": true, \"d\": {\"e\": 1}, \"f\": null}"),
            ),
            ("'[1, 2]'", json!({}), json!("[1, 2]")),
            ("'good'", json!({}), json!("good")),
            ("''", json!({}), json!("")),
            (
                "'{\"\": 1, \" a\": 2, \"a\": 3}'",
                json!({"a-2": 2.0, "a": 3.0}),
                json!("{\"\": 1, \" a\": 2, \"a\": 3}"),
            ),
            (
                "'{\"a\": 1, \"a\": 2}'",
                json!({"a": 2.0}),
                json!("{\"a\": 1, \"a\": 2}"),
            ),
            (
                "'{\"a\": 9007199254740993}'",
                json!({"a": 9_007_199_254_740_992.0}),
                json!("{\"a\": 9007199254740993}"),
            ),
            ("x'7b7d'", json!({}), json!({ "blob_in_hex": "7b7d" })),
        ],
    )
    .await;
}

#[tokio::test]
async fn too_many_metrics() {
    let all: Vec<String> = (0..1005)
        .map(|number| format!("\"m{number}\": {number}"))
        .collect();
    let text = format!("{{{}}}", all.join(", "));
    let file = File::original(&row(1, "metrics", &format!("'{text}'"))).await;
    file.migrate().await;
    let model = file.model(1).await;
    assert_eq!(model.metrics.len(), 1000);
    assert_eq!(model.metadata.as_map()["adopted"]["metrics"], text);
}

#[tokio::test]
async fn short_texts() {
    check(
        "task_type",
        &[
            ("''", json!("unknown"), json!("")),
            ("' lm'", json!("lm"), json!(" lm")),
        ],
    )
    .await;
    check(
        "config_hash",
        &[
            ("' '", json!("unknown"), json!(" ")),
            ("x'6162'", json!("ab"), json!({ "blob_in_hex": "6162" })),
        ],
    )
    .await;
    check(
        "checkpoint_path",
        &[
            ("''", json!("unknown"), json!("")),
            ("'a b.pt '", json!("a b.pt "), Value::Null),
        ],
    )
    .await;
}

#[tokio::test]
async fn an_absolute_path_is_known_to_be_so() {
    let file = File::original(&row(1, "checkpoint_path", "'/data/gpt.pt'")).await;
    file.migrate().await;
    assert_eq!(
        file.model(1).await.checkpoint_absolute.unwrap().as_str(),
        "/data/gpt.pt"
    );
}

#[tokio::test]
async fn sizes() {
    for column in ["model_size_mb", "memory_req_gb"] {
        check(
            column,
            &[
                ("NULL", Value::Null, Value::Null),
                ("0.1", json!(0.1), Value::Null),
                ("-1", Value::Null, json!(-1.0)),
                ("9e999", Value::Null, json!({ "real": "inf" })),
                ("'large'", Value::Null, json!("large")),
            ],
        )
        .await;
    }
}

#[tokio::test]
async fn metadata() {
    let deep = format!("{{\"a\": {}1{}}}", "[".repeat(70), "]".repeat(70));
    let abyss = format!("{{\"a\": {}1{}}}", "[".repeat(5000), "]".repeat(5000));
    for (stored, rest) in [
        ("[1]", json!({})),
        ("{\"a\": NaN, \"b\": 1}", json!({"a": null, "b": 1})),
        (
            "{\"n\": 123456789012345678901234567890}",
            json!({"n": 1.234_567_890_123_456_8e29}),
        ),
        ("{\"s\": \"\\ud800\"}", json!({"s": "\u{FFFD}"})),
        ("{not json", json!({})),
        ("", json!({})),
        (&deep, json!({})),
        (&abyss, json!({})),
    ] {
        let file = File::original(&row(1, "metadata", &format!("'{stored}'"))).await;
        let report = file.migrate().await;
        let mut found = file.model(1).await.metadata.into_map();
        assert_eq!(found.shift_remove("adopted").unwrap()["metadata"], stored);
        assert_eq!(Value::Object(found), rest, "{stored}");
        assert_eq!(report.mendings.len(), 1);
    }
}

#[tokio::test]
async fn a_key_that_the_user_has_already() {
    let file = File::original(&row(1, "version", "'v1'").replace("'{}'", "'{\"adopted\": \"mine\"}'")).await;
    file.migrate().await;
    let metadata = file.model(1).await.metadata.into_map();
    assert_eq!(metadata["adopted"], "mine");
    assert_eq!(metadata["adopted_2"]["version"], "v1");
}

#[tokio::test]
async fn originals_too_large_for_metadata_stay_in_the_history() {
    let large = format!("[\"{}\"]", "x".repeat(2_000_000));
    let file = File::original(&row(1, "metadata", &format!("'{large}'"))).await;
    file.migrate().await;
    let store = file.store().await;
    let kept = &model(&store, 1).await.unwrap().metadata.into_map()["adopted"];
    assert_eq!(kept["kept_in_history"], json!(["metadata"]));
    assert_eq!(history(&store).await[0].before["metadata"], large);
}

#[tokio::test]
async fn formats() {
    check(
        "export_formats",
        &[
            ("NULL", json!([]), Value::Null),
            ("'[\"onnx\", \"tflite\"]'", json!(["onnx", "tflite"]), Value::Null),
            ("'onnx, tflite'", json!(["onnx", "tflite"]), json!("onnx, tflite")),
            ("'\"onnx\"'", json!(["onnx"]), json!("\"onnx\"")),
            (
                "'[\"onnx\", \"onnx\", null, \" \"]'",
                json!(["onnx", "unknown"]),
                json!("[\"onnx\", \"onnx\", null, \" \"]"),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn times() {
    check(
        "created_at",
        &[
            (
                "'2025-01-02 03:04:05'",
                json!("2025-01-02T03:04:05.000000Z"),
                Value::Null,
            ),
            (
                "'2025-01-02 03:04:05.250000'",
                json!("2025-01-02T03:04:05.250000Z"),
                Value::Null,
            ),
            (
                "'2025-01-02T03:04:05'",
                json!("2025-01-02T03:04:05.000000Z"),
                json!("2025-01-02T03:04:05"),
            ),
            (
                "'2025-01-02T03:04:05+02:00'",
                json!("2025-01-02T01:04:05.000000Z"),
                json!("2025-01-02T03:04:05+02:00"),
            ),
            (
                "1735787045",
                json!("2025-01-02T03:04:05.000000Z"),
                json!(1_735_787_045),
            ),
        ],
    )
    .await;
    for (stored, kept) in [("NULL", Value::Null), ("'yesterday'", json!("yesterday"))] {
        let rows = [row(1, "", ""), row(2, "created_at", stored)].concat();
        let file = File::original(&rows).await;
        let report = file.migrate().await;
        let model = file.model(2).await;
        // The model before is the nearest in time.
        assert_eq!(model.created_at, "2025-01-01 00:00:01".parse().unwrap());
        assert_eq!(model.metadata.as_map()["adopted"]["created_at"], kept);
        assert_eq!(report.mendings.len(), 1);
    }
}
