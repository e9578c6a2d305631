//! Faults in what is attached to a model (tags, status, exports): what becomes of each, and that the original is kept.

use registry_core::Status;
use registry_sqlite::migrate::MigrationReport;
use serde_json::json;

use crate::support::{File, history, row};

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
