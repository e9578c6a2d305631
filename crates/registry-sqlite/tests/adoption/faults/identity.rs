//! Faults in what names a model (name, version, id, parent, config hash, run): what becomes of each, and that the original is kept.

use registry_core::ModelId;
use serde_json::{Value, json};

use crate::column::check;
use crate::support::{File, model, row};

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

#[tokio::test]
async fn run_ids() {
    check(
        "training_run_id",
        &[
            ("7", json!(7), Value::Null),
            ("0", Value::Null, json!(0)),
            ("-3", Value::Null, json!(-3)),
            ("'-3'", Value::Null, json!(-3)),
            ("'run-7'", Value::Null, json!("run-7")),
            ("x'37'", json!(7), json!({ "blob_in_hex": "37" })),
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
