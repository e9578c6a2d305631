//! One fault of the original's files at a time: what becomes of it, and that the original value is kept.

use registry_core::{ModelId, Status};
use registry_sqlite::migrate::MigrationReport;
use serde_json::{Value, json};

use crate::support::{File, history, model, row};

/// The value of a column of model 1 after an upgrade, what is kept of the original, and why.
struct Outcome {
    now: Value,
    kept: Value,
    why: String,
}

async fn outcome(column: &str, expression: &str) -> Outcome {
    let file = File::original(&row(1, column, expression)).await;
    let report = file.migrate().await;
    let model = file.model(1).await;
    assert!(file.store().await.doctor().await.unwrap().is_healthy());
    let shown = serde_json::to_value(&model).unwrap();
    let why: Vec<&str> = report
        .mendings
        .iter()
        .map(|mending| mending.why.as_str())
        .collect();
    Outcome {
        now: shown[column].clone(),
        kept: shown["metadata"]["adopted"][column].clone(),
        why: why.join(" | "),
    }
}

/// Checks one column with several values: SQL, the value afterwards, the original that is kept (`null`: not mended).
async fn check(column: &str, cases: &[(&str, Value, Value)]) {
    for (expression, now, kept) in cases {
        let outcome = outcome(column, expression).await;
        assert_eq!(&outcome.now, now, "{column} = {expression}");
        assert_eq!(&outcome.kept, kept, "{column} = {expression}");
        assert_eq!(
            outcome.why.is_empty(),
            kept.is_null(),
            "{column} = {expression}: {}",
            outcome.why
        );
    }
}

#[tokio::test]
async fn versions() {
    check(
        "version",
        &[
            ("'1.2.3-rc.1'", json!("1.2.3-rc.1"), Value::Null),
            ("'v2'", json!("2.0.0"), json!("v2")),
            ("'1.2'", json!("1.2.0"), json!("1.2")),
            ("'1.2.0+cuda'", json!("1.2.0"), json!("1.2.0+cuda")),
            ("'notsemver'", json!("0.0.0-notsemver"), json!("notsemver")),
            ("'final'", json!("0.0.0-final"), json!("final")),
            ("''", json!("0.0.0-unknown"), json!("")),
            ("x'76ff'", json!("0.0.0-v"), json!({ "blob_in_hex": "76ff" })),
        ],
    )
    .await;
}

#[tokio::test]
async fn versions_that_become_equal() {
    let with = |id: i64, version: &str| row(id, "version", &format!("'{version}'"));
    let rows = [
        with(1, "v2"),
        with(2, "2.0.0"),
        with(3, "2"),
        with(4, "2.0.0+a"),
        with(5, "2.0.0+b"),
    ];
    let file = File::original(&rows.concat()).await;
    file.migrate().await;
    let store = file.store().await;
    for (id, version) in [
        (1, "2.0.0-v2"),
        (2, "2.0.0"),
        (3, "2.0.0-v2.2"),
        (4, "2.0.0-2-0-0-a"),
        (5, "2.0.0-2-0-0-b"),
    ] {
        let model = model(&store, id).await.unwrap();
        assert_eq!(
            (model.version.to_string(), model.ordinal),
            (version.to_owned(), id.cast_unsigned())
        );
    }
}

#[tokio::test]
async fn names() {
    check(
        "name",
        &[
            ("'org/Modell ü'", json!("org/Modell ü"), Value::Null),
            ("' gpt '", json!("gpt"), json!(" gpt ")),
            ("'gpt@2'", json!("gpt-2"), json!("gpt@2")),
            ("''", json!("unnamed"), json!("")),
            ("':prod'", json!("prod"), json!(":prod")),
            ("'a' || char(10) || 'b'", json!("a b"), json!("a\nb")),
            (
                "CAST(x'67ff' AS TEXT)",
                json!("g\u{FFFD}"),
                json!({ "text_in_hex": "67ff" }),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn names_that_become_equal() {
    let rows = ["gpt", " gpt", "gpt "]
        .map(|name| row(1, "name", &format!("'{name}'")).replace("VALUES (1,", "VALUES (NULL,"));
    let file = File::original(&rows.concat()).await;
    file.migrate().await;
    let store = file.store().await;
    for (id, version) in [(1, "1.0.0"), (2, "1.0.0-1-0-0"), (3, "1.0.0-1-0-0.2")] {
        let model = model(&store, id).await.unwrap();
        assert_eq!(model.name.as_str(), "gpt");
        assert_eq!(model.version.to_string(), version);
    }
}

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
async fn parents() {
    check(
        "parent_model_id",
        &[
            ("NULL", Value::Null, Value::Null),
            ("77", Value::Null, json!(77)),
            ("1", Value::Null, json!(1)),
            ("'none'", Value::Null, json!("none")),
        ],
    )
    .await;
    let rows: String = [(1, 3), (2, 1), (3, 2), (4, 3)]
        .map(|(id, parent): (i64, i64)| row(id, "parent_model_id", &parent.to_string()))
        .concat();
    let file = File::original(&rows).await;
    let report = file.migrate().await;
    let store = file.store().await;
    let mut parents = Vec::new();
    for id in 1..=4 {
        parents.push(model(&store, id).await.unwrap().parent.map(ModelId::get));
    }
    assert_eq!(parents, [Some(3), Some(1), None, Some(3)]);
    assert_eq!(report.mendings.len(), 1);
    assert_eq!(
        model(&store, 3).await.unwrap().metadata.as_map()["adopted"]["parent_model_id"],
        2
    );
}

async fn with_tags(tags: &[&str]) -> (File, MigrationReport) {
    let tags: String = tags
        .iter()
        .enumerate()
        .map(|(place, tag)| {
            format!("INSERT INTO model_tags (model_id, tag_name, created_at) VALUES (1, {tag}, '2025-02-01 00:00:0{place}');")
        })
        .collect();
    let file = File::original(&format!("{}{tags}", row(1, "", ""))).await;
    let report = file.migrate().await;
    (file, report)
}

#[tokio::test]
async fn tags() {
    let long = format!("'{}'", "x".repeat(200));
    let (file, report) = with_tags(&["''", "'  '", "'a,b'", "'a' || char(9) || 'c'", "':d'", &long]).await;
    let model = file.model(1).await;
    let names: Vec<&str> = model.tags.iter().map(|tag| tag.name.as_str()).collect();
    assert_eq!(names, ["a c", "a-b", "d", &"x".repeat(128)]);
    assert_eq!(report.mendings.len(), 6);
    let kept = model.metadata.as_map()["adopted"]["model_tags"]
        .as_array()
        .unwrap();
    assert_eq!(kept.len(), 6);
    assert!(
        kept.iter()
            .any(|row| row["tag_name"] == "a,b" && row["created_at"] == "2025-02-01 00:00:02")
    );
    assert!(file.store().await.doctor().await.unwrap().is_healthy());
}

#[tokio::test]
async fn tags_that_become_equal() {
    let (file, report) = with_tags(&["'prod'", "' prod'"]).await;
    let model = file.model(1).await;
    assert_eq!(model.tags.len(), 1);
    // The one given last stands.
    assert_eq!(model.tags[0].since, "2025-02-01 00:00:01".parse().unwrap());
    assert!(
        report
            .mendings
            .iter()
            .any(|mending| mending.original == "prod" && mending.now.is_null())
    );
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
async fn a_config_hash_that_is_null() {
    let file = File::new();
    let schema = crate::support::SCHEMA.replace("config_hash TEXT NOT NULL", "config_hash TEXT");
    crate::support::execute(&file.path, &schema).await;
    crate::support::execute(&file.path, &row(1, "config_hash", "NULL")).await;
    let report = file.migrate().await;
    assert_eq!(file.model(1).await.config_hash.as_str(), "unknown");
    assert_eq!(report.mendings[0].why, "it is NULL");
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
async fn statuses() {
    for (stored, status, labels) in [
        ("'experimental'", Status::Active, vec!["experimental"]),
        ("'Retired '", Status::Retired, vec![]),
        ("'in review'", Status::Active, vec!["in review"]),
        ("''", Status::Active, vec![]),
        ("NULL", Status::Active, vec![]),
    ] {
        let file = File::original(&row(1, "status", stored)).await;
        let report = file.migrate().await;
        let model = file.model(1).await;
        let tags: Vec<&str> = model.tags.iter().map(|tag| tag.name.as_str()).collect();
        assert_eq!((model.status, tags), (status, labels), "{stored}");
        assert_eq!(report.mendings.len(), 1, "{stored}");
        assert!(model.metadata.as_map()["adopted"].get("status").is_some());
        assert!(file.store().await.doctor().await.unwrap().is_healthy());
    }
}

#[tokio::test]
async fn a_status_whose_label_is_there_already() {
    let tag = "INSERT INTO model_tags (model_id, tag_name, created_at) VALUES (1, 'experimental', '2025-02-01 00:00:00');";
    let file = File::original(&format!("{}{tag}", row(1, "status", "'experimental'"))).await;
    file.migrate().await;
    assert_eq!(
        file.model(1).await.tags[0].since,
        "2025-02-01 00:00:00".parse().unwrap()
    );
}

#[tokio::test]
async fn exports() {
    let export = |format: &str, path: &str, second: u32, metadata: &str| {
        format!(
            "INSERT INTO model_exports (model_id, export_format, export_path, created_at, metadata) \
             VALUES (1, {format}, {path}, '2025-02-01 00:00:0{second}', {metadata});"
        )
    };
    let exports = [
        export("'onnx'", "'a.onnx'", 1, "'{\"n\": 1}'"),
        export("'onnx'", "'a.onnx'", 3, "'{\"n\": 3}'"),
        export("'onnx'", "'a.onnx'", 2, "'{\"n\": 2}'"),
        export("'onnx'", "'b.onnx'", 1, "NULL"),
        export("''", "''", 1, "'[NaN]'"),
    ];
    let file = File::original(&format!("{}{}", row(1, "", ""), exports.concat())).await;
    let report = file.migrate().await;
    let model = file.model(1).await;
    let pairs: Vec<(&str, &str)> = model
        .exports
        .iter()
        .map(|export| (export.format.as_str(), export.path.as_str()))
        .collect();
    assert_eq!(
        pairs,
        [("onnx", "a.onnx"), ("onnx", "b.onnx"), ("unknown", "unknown")]
    );
    assert_eq!(model.exports[0].metadata.as_map()["n"], 3);
    let kept = model.metadata.as_map()["adopted"]["model_exports"].to_string();
    for lost in ["\\\"n\\\": 1", "\\\"n\\\": 2", "[NaN]"] {
        assert!(kept.contains(lost), "{kept}");
    }
    assert_eq!(report.exports, 3);
}

#[tokio::test]
async fn what_belonged_to_deleted_models_is_kept_in_the_history() {
    let file = File::original(
        "INSERT INTO model_tags (model_id, tag_name, created_at) VALUES (9, 'prod', '2025-01-01 00:00:00');
         INSERT INTO model_exports (model_id, export_format, export_path, metadata) VALUES ('x', 'onnx', 'a.onnx', x'00');",
    )
    .await;
    let report = file.migrate().await;
    assert_eq!(report.mendings.len(), 2);
    let events = history(&file.store().await).await;
    assert_eq!(events[0].before["model_tags"]["tag_name"], "prod");
    assert_eq!(events[1].before["model_exports"]["model_id"], "x");
    assert_eq!(
        events[1].before["model_exports"]["metadata"],
        json!({ "blob_in_hex": "00" })
    );
    assert!(events.iter().all(|event| event.model.is_none()));
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

#[tokio::test]
async fn run_ids() {
    check(
        "training_run_id",
        &[
            ("7", json!(7), Value::Null),
            ("'run-7'", Value::Null, json!("run-7")),
            ("x'37'", json!(7), json!({ "blob_in_hex": "37" })),
        ],
    )
    .await;
}

#[tokio::test]
async fn ids_below_one() {
    let rows = [
        row(1, "", "").replace("VALUES (1,", "VALUES (-3,"),
        row(2, "", "").replace("VALUES (2,", "VALUES (0,"),
        row(5, "parent_model_id", "-3"),
        "INSERT INTO model_tags (model_id, tag_name, created_at) VALUES (-3, 'prod', '2025-01-01 00:00:00');"
            .into(),
    ];
    let file = File::original(&rows.concat()).await;
    file.migrate().await;
    let store = file.store().await;
    let moved = model(&store, 6).await.unwrap();
    assert_eq!(moved.version.to_string(), "1.0.0");
    assert_eq!(moved.tags[0].name.as_str(), "prod");
    assert_eq!(moved.metadata.as_map()["adopted"]["model_id"], -3);
    assert_eq!(model(&store, 7).await.unwrap().version.to_string(), "2.0.0");
    assert_eq!(model(&store, 5).await.unwrap().parent, Some(moved.id));
    assert_eq!(
        [5, 6, 7].map(|id| id - 4),
        [
            model(&store, 5).await.unwrap().ordinal,
            moved.ordinal,
            model(&store, 7).await.unwrap().ordinal
        ]
    );
    assert!(store.doctor().await.unwrap().is_healthy());
}
