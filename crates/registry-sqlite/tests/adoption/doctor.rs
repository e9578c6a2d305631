//! One trouble at a time, and the finding that names it.

use std::path::Path;

use registry_core::{Actor, Checkpoint, PromoteRequest, RegistryStore, Timestamp, WriteContext};
use registry_sqlite::{DoctorReport, Severity, SqliteStore};
use sqlx::{Connection, Executor, Row};

use crate::backup::registration;
use crate::support::{File, connect, execute, row};

fn context() -> WriteContext {
    WriteContext::new(Actor::parse("alice").unwrap(), Timestamp::now())
}

/// A registry with two models, their checkpoints beside it; the first is promoted to `production`.
async fn registry() -> File {
    let file = File::new();
    let store = SqliteStore::open_or_create(&file.path).await.unwrap();
    for (number, name) in [(1, "a.pt"), (2, "b.pt")] {
        let path = file.folder.path().join(name);
        std::fs::write(&path, [0; 64]).unwrap();
        let mut registration = registration("gpt", number);
        registration.checkpoint = Checkpoint::measure(path.to_str().unwrap()).unwrap();
        registration.metrics = r#"{"loss": 0.1, "tiny": 1.2345678901234567e-300}"#.parse().unwrap();
        store.register(&context(), registration).await.unwrap();
    }
    let first = crate::support::model(&store, 1).await.unwrap();
    let promotion = PromoteRequest::new(first.id, "production".parse().unwrap());
    store.promote(&context(), promotion).await.unwrap();
    store.close().await;
    file
}

async fn report(file: &File) -> DoctorReport {
    file.store().await.doctor().await.unwrap()
}

/// What the doctor finds after these statements.
async fn codes_after(statements: &str) -> Vec<&'static str> {
    let file = registry().await;
    execute(&file.path, statements).await;
    let report = report(&file).await;
    assert_eq!(
        report.is_healthy(),
        report
            .findings
            .iter()
            .all(|finding| finding.severity == Severity::Notice)
    );
    report.findings.iter().map(|finding| finding.code).collect()
}

#[tokio::test]
async fn a_healthy_registry() {
    let report = report(&registry().await).await;
    assert_eq!(report.findings, []);
    assert_eq!((report.models, report.events), (2, 3));
}

#[tokio::test]
async fn troubles_in_the_rows() {
    for (statements, codes) in [
        (
            "UPDATE models SET name = ' x' WHERE model_id = 1",
            vec!["ordinal", "stored_value", "tag_row"],
        ),
        (
            "UPDATE models SET metadata = '[' WHERE model_id = 1",
            vec!["stored_value"],
        ),
        (
            "UPDATE models SET version_key = x'00' WHERE model_id = 2",
            vec!["version_key"],
        ),
        (
            "UPDATE model_metrics SET value = 7 WHERE model_id = 2 AND name = 'loss'",
            vec!["metrics"],
        ),
        (
            "DELETE FROM model_metrics WHERE model_id = 2 AND name = 'loss'",
            vec!["metrics"],
        ),
        (
            "INSERT INTO model_metadata VALUES (1, '.a', 1.0)",
            vec!["metadata"],
        ),
        (
            "UPDATE models SET metadata = '{\"a\": 1}' WHERE model_id = 1",
            vec!["metadata"],
        ),
        (
            "INSERT INTO model_formats VALUES (1, 'onnx')",
            vec!["export_formats"],
        ),
        (
            "UPDATE models SET export_formats = '[\"onnx\"]' WHERE model_id = 1",
            vec!["export_formats"],
        ),
        (
            "UPDATE models SET export_formats = '[' WHERE model_id = 1",
            vec!["stored_value"],
        ),
        ("UPDATE model_tags SET model_created_at = 7", vec!["tag_row"]),
        ("UPDATE model_names SET last_ordinal = 1", vec!["ordinal"]),
        (
            "UPDATE models SET parent_model_id = 3 - model_id",
            vec!["parent_cycle"],
        ),
        (
            "UPDATE models SET parent_model_id = 77 WHERE model_id = 1",
            vec!["reference"],
        ),
        (
            "UPDATE events SET kind = 'exploded' WHERE event_id = 1",
            vec!["stored_value"],
        ),
        (
            "INSERT INTO settings VALUES ('promotion-scope', 'galaxy')",
            vec!["stored_value"],
        ),
        ("DELETE FROM model_tags", vec!["tag_history"]),
        ("UPDATE model_tags SET promoted = 0", vec!["tag_event"]),
        (
            "INSERT INTO model_tags SELECT 2, 'production', 'gpt', 0, 1, 3, created_at FROM models WHERE model_id = 2",
            vec!["tag_event"],
        ),
        (
            "INSERT INTO events (at, kind, actor, model_id, name, version, tag) VALUES (0, 'untagged', 'a', 1, 'gpt', '1.0.0', 'production')",
            vec!["tag_history"],
        ),
        (
            "DELETE FROM model_tags; DELETE FROM model_metrics WHERE model_id = 1; DELETE FROM models WHERE model_id = 1",
            vec!["tag_without_holder"],
        ),
        (
            "UPDATE events SET previous_event_id = 1 WHERE event_id = 3",
            vec!["previous_event"],
        ),
        (
            "INSERT INTO events (at, kind, actor, model_id, name, version, tag, previous_event_id)
             VALUES (0, 'promoted', 'a', 1, 'gpt', '1.0.0', 'staging', 3)",
            vec!["previous_event", "tag_history"],
        ),
        ("PRAGMA journal_mode = DELETE", vec!["journal_mode"]),
        (
            "UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 3",
            vec!["schema"],
        ),
    ] {
        assert_eq!(codes_after(statements).await, codes, "{statements}");
    }
}

#[tokio::test]
async fn checkpoints_that_are_gone_or_changed() {
    let file = registry().await;
    std::fs::remove_file(file.folder.path().join("a.pt")).unwrap();
    std::fs::write(file.folder.path().join("b.pt"), [0; 65]).unwrap();
    let found = report(&file).await;
    let codes: Vec<&str> = found.findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["checkpoint_missing", "checkpoint_changed"]);
    assert!(found.findings[1].message.contains("65 bytes, it had 64"));
    assert!(!found.is_healthy());
    execute(
        &file.path,
        "UPDATE models SET status = 'retired' WHERE model_id = 1",
    )
    .await;
    assert_eq!(report(&file).await.findings[0].severity, Severity::Notice);
}

#[tokio::test]
async fn adopted_relative_paths_are_a_notice() {
    let file = File::original(&row(1, "", "")).await;
    file.migrate().await;
    let report = report(&file).await;
    assert!(report.is_healthy());
    assert_eq!(report.findings[0].code, "checkpoint_unknown");
}

#[tokio::test]
async fn an_adopted_file_that_is_gone_is_a_problem() {
    let file = File::original(&row(1, "checkpoint_path", "'/no/such/model.pt'")).await;
    file.migrate().await;
    let report = report(&file).await;
    assert_eq!(report.findings[0].code, "checkpoint_missing");
    assert!(!report.is_healthy());
}

/// A number that SQLite knows of a file with these bytes.
async fn query_number(path: &Path, bytes: &[u8], statement: &'static str) -> usize {
    std::fs::write(path, bytes).unwrap();
    let mut connection = connect(path).await;
    let number: i64 = connection.fetch_one(statement).await.unwrap().get(0);
    connection.close().await.unwrap();
    usize::try_from(number).unwrap()
}

/// Damage is what a doctor is for: a report whatever page is gone, but for the first, without which nobody can say that
/// the file was a registry.
#[tokio::test]
async fn a_page_that_is_overwritten() {
    let file = registry().await;
    let whole = file.bytes();
    let pages = whole.len() / 4096;
    let mut unhealthy = 0;
    for page in 1..pages {
        let mut bytes = whole.clone();
        bytes[page * 4096..(page + 1) * 4096].fill(0xAB);
        std::fs::write(&file.path, bytes).unwrap();
        let report = registry_sqlite::examine(&file.path).await;
        let report = report.unwrap_or_else(|error| panic!("page {page}: {error}"));
        unhealthy += usize::from(report.findings.iter().any(|finding| finding.code == "integrity"));
    }
    // What is written over a page that is free harms nobody.
    let free = query_number(&file.path, &whole, "PRAGMA freelist_count").await;
    assert!(
        unhealthy + free >= pages - 1,
        "{unhealthy} of {pages} pages, {free} of them free"
    );
}

#[tokio::test]
async fn a_registry_that_is_cut_off() {
    let file = registry().await;
    let whole = file.bytes();
    std::fs::write(&file.path, &whole[..whole.len() / 2]).unwrap();
    let report = registry_sqlite::examine(&file.path).await.unwrap();
    assert_eq!(report.findings[0].code, "integrity");
    assert!(!report.is_healthy());
}
