//! The upgrade of whole files.

use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

use registry_core::{EventKind, RegistryStore, Status};
use registry_sqlite::inspect::{SchemaState, inspect};
use registry_sqlite::migrate::{MigrateOptions, migrate, status};
use sqlx::{Connection, Executor, Row};

use crate::support::{File, connect, execute, history, model, now, options, row};

/// A file made as the original makes it: by Python's sqlite3 and json, one connection for each call.
const PYTHON: &str = r#"
import json, sqlite3, sys
path, schema = sys.argv[1], open(sys.argv[2]).read()
def run(sql, *args):
    with sqlite3.connect(path) as connection:
        return connection.execute(sql, args).lastrowid
sqlite3.connect(path).executescript(schema)
def register(name, version, metrics, created, parent=None, formats=(), metadata=None, tags=(), size=1.5):
    id = run("INSERT INTO models (name, version, checkpoint_path, task_type, config_hash, training_run_id, parent_model_id, "
             "created_at, metrics, export_formats, model_size_mb, memory_req_gb, metadata, status) "
             "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,'active')",
             name, version, f"checkpoints/{name}-{version}.pt", "language_modeling", "ab" * 32, 7, parent, created,
             json.dumps(metrics, indent=2), json.dumps(list(formats)), size, None, json.dumps(metadata or {}))
    for tag in tags:
        run("INSERT INTO model_tags (model_id, tag_name, created_at) VALUES (?,?,?)", id, tag, created)
    return id
base = register("gpt", "1.0.0", {"val_loss": 0.42, "perplexity": 1.52, "accuracy": 0.9}, "2025-01-01 10:00:00", tags=["baseline"])
fine = register("gpt", "1.1.0", {"val_loss": 1e-05, "z": 1, "a": -2.5e+16}, "2025-02-01 10:00:00", base, ["onnx"],
                {"gpu": "A100", "notes": "\u00fc\u4e2d\U0001F600", "list": [1, None, True]}, ["production"])
seen = register("vit", "0.1.0-rc.1", {}, "2025-02-01 10:00:00", size=None)
gone = register("old", "0.0.1", {"loss": float("nan")}, "2025-03-01 10:00:00", tags=["staging"])
last = register("old", "0.0.2", {}, "2025-03-02 10:00:00")
run("INSERT INTO model_tags (model_id, tag_name, created_at) VALUES (?,?,?)", base, "production", "2025-04-01 10:00:00")
run("INSERT INTO model_exports (model_id, export_format, export_path, created_at, metadata) VALUES (?,?,?,?,?)",
    fine, "onnx", "exports/gpt.onnx", "2025-02-02 10:00:00", json.dumps({"opset": 17}))
run("UPDATE models SET status = 'retired' WHERE model_id = ?", seen)
run("DELETE FROM models WHERE model_id IN (?, ?)", gone, last)
"#;

fn from_python() -> File {
    let file = File::new();
    let schema = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../migrations/sqlite/0001_original.sql"
    );
    let done = Command::new("python3")
        .args(["-c", PYTHON])
        .arg(&file.path)
        .arg(schema)
        .status();
    assert!(done.expect("this test needs python3").success());
    file
}

#[tokio::test]
async fn a_file_made_by_python_keeps_everything() {
    let file = from_python();
    let report = file.migrate().await;
    assert_eq!((report.models, report.tags, report.exports), (3, 3, 1));
    let store = file.store().await;
    let base = model(&store, 1).await.unwrap();
    assert_eq!(base.reference().to_string(), "gpt@1.0.0 (id 1)");
    assert_eq!(base.checkpoint_path.as_str(), "checkpoints/gpt-1.0.0.pt");
    assert_eq!(base.checkpoint_absolute, None);
    assert_eq!(base.created_at, "2025-01-01 10:00:00".parse().unwrap());
    let names: Vec<&str> = base.metrics.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["val_loss", "perplexity", "accuracy"]);
    assert_eq!(
        (
            base.ordinal,
            base.training_run_id.map(registry_core::TrainingRunId::get)
        ),
        (1, Some(7))
    );
    assert_eq!(base.config_hash.as_str(), "ab".repeat(32));
    assert!(base.metadata.is_empty());

    let tuned = model(&store, 2).await.unwrap();
    assert_eq!((tuned.ordinal, tuned.parent), (2, Some(base.id)));
    assert_eq!(tuned.metrics.get("a"), Some(-2.5e16));
    assert_eq!(tuned.metadata.as_map()["notes"], "ü中😀");
    assert_eq!(tuned.exports[0].metadata.as_map()["opset"], 17);
    assert_eq!(tuned.declared_formats[0].as_str(), "onnx");
    assert_eq!(tuned.model_size_mb.map(Into::into), Some(1.5_f64));

    let seen = model(&store, 3).await.unwrap();
    assert_eq!((seen.status, seen.model_size_mb), (Status::Retired, None));

    // The tag of the deleted model is all that had to change.
    assert_eq!(report.mendings.len(), 1, "{report}");
    assert_eq!(report.mendings[0].original["tag_name"], "staging");
    assert!(store.doctor().await.unwrap().is_healthy());
}

#[tokio::test]
async fn the_last_to_get_a_tag_is_its_holder_and_history_says_when() {
    let file = from_python();
    file.migrate().await;
    let store = file.store().await;
    let holder = store
        .find(&":production".parse().unwrap())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(holder.id.get(), 1);
    let tag = "production".parse().unwrap();
    let march = store.find_holding(&tag, None, "2025-03-01".parse().unwrap());
    assert_eq!(march.await.unwrap().unwrap().model.unwrap().id.get(), 2);
    let events = history(&store).await;
    let kinds: Vec<EventKind> = events.iter().map(|event| event.kind).collect();
    use EventKind::{Adopted, Labelled, Retired};
    assert_eq!(
        kinds,
        [
            Adopted, Adopted, Adopted, Labelled, Labelled, Labelled, Retired, Adopted
        ]
    );
    // Who upgrades took the models over, but gave no tag and retired none.
    let actors: Vec<&str> = events.iter().map(|event| event.actor.as_str()).collect();
    let (operator, unknown) = (["operator"; 3], ["unknown"; 4]);
    assert_eq!(actors, [&operator[..], &unknown, &["operator"]].concat());
    assert_eq!(events[0].at, now());
    assert_eq!(events[0].after["metrics"]["perplexity"], 1.52);
    assert_eq!(events[4].at, "2025-02-01 10:00:00".parse().unwrap());
    assert_eq!(events[7].before["model_tags"]["tag_name"], "staging");
}

#[tokio::test]
async fn ids_of_deleted_models_are_not_used_again() {
    let file = from_python();
    file.migrate().await;
    let mut connection = connect(&file.path).await;
    let next = connection
        .fetch_one("SELECT seq FROM sqlite_sequence WHERE name = 'models'")
        .await
        .unwrap();
    assert_eq!(next.get::<i64, _>(0), 5);
    let left = connection
        .fetch_one("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'original%'")
        .await
        .unwrap();
    assert_eq!(left.get::<i64, _>(0), 0);
    connection.close().await.unwrap();
}

#[tokio::test]
async fn the_backup_is_the_file_as_it_was() {
    let file = from_python();
    std::fs::write(
        file.path.with_file_name("models.db.backup-20260131T120000Z"),
        "taken",
    )
    .unwrap();
    let report = file.migrate().await;
    let backup = report.backup.unwrap();
    assert!(backup.ends_with("models.db.backup-20260131T120000Z-2"));
    assert_eq!(inspect(&backup).await.unwrap(), SchemaState::Original);
    let mut connection = connect(&backup).await;
    let rows = connection
        .fetch_one("SELECT (SELECT count(*) FROM models), (SELECT count(*) FROM model_tags), (SELECT max(seq) FROM sqlite_sequence)")
        .await
        .unwrap();
    assert_eq!(
        (
            rows.get::<i64, _>(0),
            rows.get::<i64, _>(1),
            rows.get::<i64, _>(2)
        ),
        (3, 4, 5)
    );
    connection.close().await.unwrap();
    assert!(!file.others().iter().any(|name| name.contains("partial")));
}

#[tokio::test]
async fn the_backup_goes_where_it_is_asked_to() {
    let file = from_python();
    let to = file.folder.path().join("safe.db");
    let options = MigrateOptions {
        backup_to: Some(to.clone()),
        ..options()
    };
    std::fs::write(&to, "taken").unwrap();
    let before = file.bytes();
    assert_eq!(
        migrate(&file.path, &options).await.unwrap_err().code(),
        "file_exists"
    );
    assert_eq!(file.bytes(), before);
    std::fs::remove_file(&to).unwrap();
    assert_eq!(migrate(&file.path, &options).await.unwrap().backup, Some(to));
}

#[tokio::test]
async fn a_second_time_changes_nothing() {
    let file = from_python();
    assert!(file.migrate().await.changed);
    let (bytes, others) = (file.bytes(), file.others());
    let again = file.migrate().await;
    assert!(!again.changed);
    assert_eq!(again.to_version, 7);
    assert!(again.to_string().contains("is up to date"));
    assert_eq!((file.bytes(), file.others()), (bytes, others));
}

#[tokio::test]
async fn a_rehearsal_says_the_same_and_changes_nothing() {
    let file = from_python();
    let bytes = file.bytes();
    let rehearsal = MigrateOptions {
        dry_run: true,
        ..options()
    };
    let planned = migrate(&file.path, &rehearsal).await.unwrap();
    assert_eq!(file.bytes(), bytes);
    assert_eq!(file.others(), Vec::<String>::new());
    assert!(planned.to_string().contains("nothing was changed"));
    let done = file.migrate().await;
    assert_eq!(planned.mendings, done.mendings);
    assert_eq!(
        (planned.models, planned.tags, planned.events),
        (done.models, done.tags, done.events)
    );
    let empty = File::new();
    assert!(migrate(&empty.path, &rehearsal).await.unwrap().changed);
    assert!(!empty.path.exists());
}

#[tokio::test]
async fn status_lists_the_migrations() {
    let file = from_python();
    let before = status(&file.path).await.unwrap();
    assert_eq!(before.state, "the original Python registry");
    assert!(before.migrations.iter().all(|migration| !migration.applied));
    file.migrate().await;
    let after = status(&file.path).await.unwrap();
    assert!(after.current);
    assert!(after.migrations.iter().all(|migration| migration.applied));
    assert!(after.to_string().contains("0001 original applied"));
}

#[tokio::test]
async fn tables_that_other_tools_moved_aside_are_still_taken_over() {
    let file = from_python();
    let aside = include_str!("../../../../migrations/sqlite/0002_original_aside.sql");
    let ours = include_str!("../../../../migrations/sqlite/0003_registry.sql");
    let search = include_str!("../../../../migrations/sqlite/0004_search.sql");
    let keys = include_str!("../../../../migrations/sqlite/0005_idempotency.sql");
    let hooks = include_str!("../../../../migrations/sqlite/0006_webhooks.sql");
    let gone = include_str!("../../../../migrations/sqlite/0007_webhook_receivers.sql");
    let all = format!("{aside}\n{ours}\n{search}\n{keys}\n{hooks}\n{gone}");
    execute(&file.path, &all).await;
    let made = File::new();
    registry_sqlite::migrate::create(&made.path).await.unwrap();
    let attach = format!(
        "ATTACH '{}' AS made; CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, \
         installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, checksum BLOB NOT NULL, \
         execution_time BIGINT NOT NULL); INSERT INTO _sqlx_migrations SELECT * FROM made._sqlx_migrations",
        made.path.display()
    );
    execute(&file.path, &attach).await;
    assert_eq!(inspect(&file.path).await.unwrap(), SchemaState::Unadopted);
    assert_eq!(file.migrate().await.models, 3);
    assert_eq!(file.model(2).await.name.as_str(), "gpt");
}

#[tokio::test]
async fn what_users_added_is_kept_or_reported() {
    let file = File::original(&format!(
        "{} ALTER TABLE models ADD COLUMN owner TEXT; UPDATE models SET owner = 'alice';
         CREATE TABLE my_notes (model_id INTEGER REFERENCES models (model_id), note TEXT); INSERT INTO my_notes VALUES (1, 'good');
         CREATE TABLE events (what TEXT); INSERT INTO events VALUES ('mine');
         CREATE VIEW names AS SELECT name FROM models;
         CREATE INDEX models_by_name ON models (name);
         CREATE TRIGGER watch AFTER INSERT ON models BEGIN SELECT 1; END;",
        row(1, "", "")
    ))
    .await;
    let report = file.migrate().await;
    assert_eq!(file.model(1).await.metadata.as_map()["adopted"]["owner"], "alice");
    assert_eq!(report.left_alone, ["table `my_notes`", "view `names`"]);
    let set_aside = report.set_aside.join("\n");
    for words in [
        "table `events` is now called `events_before_upgrade_1`",
        "CREATE INDEX models_by_name",
        "CREATE TRIGGER watch",
    ] {
        assert!(set_aside.contains(words), "{set_aside}");
    }
    let mut connection = connect(&file.path).await;
    for (statement, value) in [
        ("SELECT note FROM my_notes JOIN models USING (model_id)", "good"),
        ("SELECT what FROM events_before_upgrade_1", "mine"),
        ("SELECT name FROM names", "gpt"),
    ] {
        assert_eq!(
            connection.fetch_one(statement).await.unwrap().get::<String, _>(0),
            value
        );
    }
    connection.close().await.unwrap();
}

#[tokio::test]
async fn progress_is_told_and_pages_meet() {
    let rows: String = (1..=1201)
        .map(|id| row(id, "", "").replace("00:00:1201", "00:00:00"))
        .collect();
    let rows = rows
        .replace(":00:", ":00:0")
        .replace("'2025-01-01 00:00:0", "'2025-01-01 00:00:");
    let file = File::original(&format!("BEGIN; {rows} COMMIT;")).await;
    static SEEN: AtomicU64 = AtomicU64::new(0);
    let progress = |done: u64, total: u64| {
        assert_eq!(total, 1201);
        SEEN.store(done, Ordering::Relaxed);
    };
    let options = MigrateOptions {
        progress: Some(&progress),
        ..options()
    };
    let report = migrate(&file.path, &options).await.unwrap();
    assert_eq!((report.models, SEEN.load(Ordering::Relaxed)), (1201, 1201));
    assert_eq!(file.model(1201).await.ordinal, 1201);
}

#[cfg(unix)]
#[tokio::test]
async fn a_backup_is_as_private_as_its_registry() {
    use std::os::unix::fs::PermissionsExt;
    let file = from_python();
    std::fs::set_permissions(&file.path, std::fs::Permissions::from_mode(0o600)).unwrap();
    let backup = file.migrate().await.backup.unwrap();
    assert_eq!(
        std::fs::metadata(backup).unwrap().permissions().mode() & 0o777,
        0o600
    );
}
