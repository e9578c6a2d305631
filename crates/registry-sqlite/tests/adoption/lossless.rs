//! Whatever an original file holds, its adoption succeeds and every value is found again.

use std::collections::HashMap;

use proptest::prelude::*;
use registry_core::{Event, Model};
use registry_sqlite::migrate::{Mending, MigrationReport};
use serde_json::{Value, json};
use sqlx::sqlite::SqliteRow;
use sqlx::{Column, Connection, Decode, Executor, Row, Sqlite, TypeInfo, ValueRef};

use crate::support::{File, connect, history, model};

const MODELS: [&str; 14] = [
    "name",
    "version",
    "checkpoint_path",
    "task_type",
    "config_hash",
    "training_run_id",
    "parent_model_id",
    "created_at",
    "metrics",
    "export_formats",
    "model_size_mb",
    "memory_req_gb",
    "metadata",
    "status",
];

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn text(text: &str) -> String {
    format!("CAST(x'{}' AS TEXT)", hex(text.as_bytes()))
}

/// JSON as Python writes it, now and then with what only Python knows.
fn json_text() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("NaN".to_owned()),
        Just("-Infinity".to_owned()),
        any::<bool>().prop_map(|value| value.to_string()),
        any::<i64>().prop_map(|value| value.to_string()),
        any::<f64>().prop_map(|value| format!("{value:e}")),
        (-9.0..9.0_f64).prop_map(|value| value.to_string()),
        "[0-9]{18,30}",
        Just("\"\\ud800\"".to_owned()),
        any::<String>().prop_map(|value| Value::String(value).to_string()),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let key = prop_oneof![
            "[a-c]{0,2}",
            Just("val_loss".to_owned()),
            Just("adopted".to_owned()),
            any::<String>()
        ];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3)
                .prop_map(|items| format!("[{}]", items.join(", "))),
            proptest::collection::vec((key, inner), 0..4).prop_map(|entries| {
                let entries: Vec<String> = entries
                    .into_iter()
                    .map(|(key, value)| format!("{}: {value}", Value::String(key)))
                    .collect();
                format!("{{{}}}", entries.join(", "))
            }),
        ]
    })
}

/// An SQL expression for any value that SQLite can store.
fn cell() -> impl Strategy<Value = String> {
    let tricky = prop::sample::select(vec![
        "",
        " ",
        "gpt",
        " gpt",
        "1.0.0",
        "v1",
        "1",
        "1.0.0+a",
        "active",
        "retired",
        "experimental",
        "a,b",
        ":x",
        "2025-01-01 00:00:00",
        "2025-01-01T00:00:00",
        "unknown",
        "NaN",
        "{}",
        "[]",
        "a\0b",
        "/abs/path.pt",
    ]);
    prop_oneof![
        1 => Just("NULL".to_owned()),
        1 => any::<i64>().prop_map(|value| value.to_string()),
        2 => (-3_i64..9).prop_map(|value| value.to_string()),
        1 => any::<f64>().prop_filter("SQLite stores NaN as NULL", |value| !value.is_nan())
            .prop_map(|value| if value.is_infinite() { "9e999".into() } else { format!("{value:e}") }),
        6 => tricky.prop_map(text),
        4 => json_text().prop_map(|value| text(&value)),
        2 => any::<String>().prop_map(|value| text(&value)),
        1 => proptest::collection::vec(any::<u8>(), 0..9).prop_map(|bytes| format!("CAST(x'{}' AS TEXT)", hex(&bytes))),
        1 => proptest::collection::vec(any::<u8>(), 0..9).prop_map(|bytes| format!("x'{}'", hex(&bytes))),
    ]
}

/// Statements that fill the original's tables; rows that even the original refuses are left out.
fn content() -> impl Strategy<Value = Vec<String>> {
    let id = prop_oneof![8 => (1_i64..9).prop_map(|id| id.to_string()), 1 => (-2_i64..1).prop_map(|id| id.to_string()),
                         1 => any::<i64>().prop_map(|id| id.to_string())];
    let model = (id.clone(), proptest::collection::vec(cell(), MODELS.len())).prop_map(|(id, cells)| {
        format!(
            "INSERT OR IGNORE INTO models (model_id, {}) VALUES ({id}, {})",
            MODELS.join(", "),
            cells.join(", ")
        )
    });
    let owner = prop_oneof![6 => id, 1 => cell()];
    let tag = (owner.clone(), cell(), cell()).prop_map(|(id, tag, at)| {
        format!(
            "INSERT OR IGNORE INTO model_tags (model_id, tag_name, created_at) VALUES ({id}, {tag}, {at})"
        )
    });
    let export = (owner, proptest::collection::vec(cell(), 4)).prop_map(|(id, cells)| {
        format!(
            "INSERT OR IGNORE INTO model_exports (model_id, export_format, export_path, created_at, metadata) VALUES ({id}, {})",
            cells.join(", ")
        )
    });
    proptest::collection::vec(prop_oneof![4 => model, 2 => tag, 2 => export], 1..24)
}

/// A stored value as the report shows it; written apart from the program's own.
fn shown(row: &SqliteRow, place: usize) -> Value {
    let value = row.try_get_raw(place).unwrap();
    if value.is_null() {
        return Value::Null;
    }
    match value.type_info().name().to_owned().as_str() {
        "INTEGER" => json!(<i64 as Decode<Sqlite>>::decode(value).unwrap()),
        "REAL" => match <f64 as Decode<Sqlite>>::decode(value).unwrap() {
            number if number.is_finite() => json!(number),
            number => json!({ "real": number.to_string() }),
        },
        kind => {
            let kind = kind.to_owned();
            let bytes = <Vec<u8> as Decode<Sqlite>>::decode(value).unwrap();
            match String::from_utf8(bytes) {
                Ok(text) if kind == "TEXT" => json!(text),
                Ok(text) => json!({ "blob_in_hex": hex(text.as_bytes()) }),
                Err(error) if kind == "TEXT" => json!({ "text_in_hex": hex(error.as_bytes()) }),
                Err(error) => json!({ "blob_in_hex": hex(error.as_bytes()) }),
            }
        }
    }
}

type Rows = Vec<HashMap<String, Value>>;

async fn rows(file: &File, statement: &'static str) -> Rows {
    let mut connection = connect(&file.path).await;
    let rows = connection.fetch_all(statement).await.unwrap();
    let rows = rows
        .iter()
        .map(|row| {
            row.columns()
                .iter()
                .map(|column| (column.name().to_owned(), shown(row, column.ordinal())))
                .collect()
        })
        .collect();
    connection.close().await.unwrap();
    rows
}

/// Whether a field of the model says the same as the value that stood in the column.
fn says_the_same(model: &Model, column: &str, original: &Value) -> bool {
    let shown = serde_json::to_value(model).unwrap();
    let now = &shown[column];
    let text = original.as_str();
    match column {
        "created_at" => {
            let now = now.as_str().unwrap().replace('T', " ");
            text.is_some_and(|text| now.trim_end_matches('Z') == text || now == format!("{text}.000000Z"))
        }
        "metrics" | "metadata" | "export_formats" => {
            let mut now = now.clone();
            if column == "metadata" {
                for key in ["adopted", "adopted_2", "adopted_3"] {
                    if model
                        .metadata
                        .as_map()
                        .get(key)
                        .is_some_and(|_| is_ours(model, key))
                    {
                        now.as_object_mut().unwrap().shift_remove(key);
                    }
                }
            }
            if column == "export_formats" {
                now = json!(model.declared_formats);
            }
            match text.map(serde_json::from_str::<Value>) {
                Some(Ok(original)) => equal(&original, &now),
                Some(Err(_)) => false,
                None => original.is_null() && (now == json!({}) || now == json!([])),
            }
        }
        "model_size_mb" | "memory_req_gb" => {
            original.as_f64() == now.as_f64() && original.is_number() != now.is_null()
        }
        _ => original == now,
    }
}

/// The key under which the originals are: the last of those that there are.
fn is_ours(model: &Model, key: &str) -> bool {
    let later = match key {
        "adopted" => "adopted_2",
        "adopted_2" => "adopted_3",
        _ => "adopted_4",
    };
    !model.metadata.as_map().contains_key(later)
}

fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| equal(a, b)))
        }
        (a, b) => a == b,
    }
}

fn mending<'a>(report: &'a MigrationReport, table: &str, row: &Value, column: &str) -> Option<&'a Mending> {
    report
        .mendings
        .iter()
        .find(|mending| mending.table == table && json!(mending.row) == *row && mending.field == column)
}

async fn check_models(file: &File, report: &MigrationReport, rows: &Rows, events: &[Event]) {
    let store = file.store().await;
    for row in rows {
        let id = &row["model_id"];
        let moved = mending(report, "models", id, "model_id");
        let new = moved.map_or_else(|| id.as_i64().unwrap(), |mending| mending.now.as_i64().unwrap());
        let model = model(&store, new).await.unwrap();
        let event = events
            .iter()
            .find(|event| event.model.as_ref().is_some_and(|model| model.id.get() == new))
            .unwrap();
        for column in MODELS {
            let original = &row[column];
            match mending(report, "models", id, column) {
                Some(mending) => {
                    assert_eq!(&mending.original, original, "{column}");
                    assert_eq!(&event.before[column], original, "{column}");
                    let keys = ["adopted", "adopted_2", "adopted_3"];
                    let kept = keys.iter().any(|key| {
                        model
                            .metadata
                            .as_map()
                            .get(*key)
                            .and_then(|kept| kept.get(column))
                            == Some(original)
                    });
                    assert!(kept, "{column}: {original}");
                }
                None => assert!(
                    says_the_same(&model, column, original),
                    "{column}: {original} is lost: {model:?}"
                ),
            }
        }
    }
}

/// A tag or export of which nothing is noted must be there as it was.
async fn check_belongings(
    file: &File,
    report: &MigrationReport,
    table: &'static str,
    key: &str,
    rows: &Rows,
) {
    let store = file.store().await;
    for row in rows {
        let noted: Vec<&Mending> = report
            .mendings
            .iter()
            .filter(|mending| mending.table == table && json!(mending.row) == row[key])
            .collect();
        for mending in &noted {
            let whole = mending.model_id.is_none();
            let original = if whole {
                json!(row)
            } else {
                row[&mending.field].clone()
            };
            assert_eq!(mending.original, original);
        }
        if noted
            .iter()
            .any(|mending| mending.model_id.is_none() || mending.now.is_null())
        {
            continue;
        }
        let old = &row["model_id"];
        let new = mending(report, "models", old, "model_id").map_or(old, |mending| &mending.now);
        let model = model(&store, new.as_i64().unwrap()).await.unwrap();
        let now = |field: &str| {
            let change = noted.iter().find(|mending| mending.field == field);
            change.map_or(&row[field], |mending| &mending.now)
        };
        let found = if table == "model_tags" {
            model.tags.iter().any(|tag| json!(tag.name) == *now("tag_name"))
        } else {
            let mut exports = model.exports.iter();
            exports.any(|export| {
                json!(export.format) == *now("export_format") && json!(export.path) == *now("export_path")
            })
        };
        assert!(found, "{row:?} is lost");
    }
}

async fn check(statements: Vec<String>) {
    let file = File::original(&statements.join(";\n")).await;
    let models = rows(&file, "SELECT * FROM models").await;
    let tags = rows(&file, "SELECT * FROM model_tags").await;
    let exports = rows(&file, "SELECT * FROM model_exports").await;
    let report = file.migrate().await;
    assert_eq!(report.models, models.len() as u64);
    let store = file.store().await;
    let doctor = store.doctor().await.unwrap();
    let problems: Vec<_> = doctor
        .findings
        .iter()
        .filter(|finding| !finding.code.starts_with("checkpoint"))
        .collect();
    assert!(problems.is_empty(), "{problems:?}");
    let events = history(&store).await;
    check_models(&file, &report, &models, &events).await;
    check_belongings(&file, &report, "model_tags", "tag_id", &tags).await;
    check_belongings(&file, &report, "model_exports", "export_id", &exports).await;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn nothing_is_lost(statements in content()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(check(statements));
    }
}
