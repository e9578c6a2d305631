//! The folder in which a story is told: a registry whose times are fixed, and the files that commands read.

use std::fs;
use std::path::Path;

use registry_core::{
    Checkpoint, CheckpointPath, ConfigHash, Metrics, NewExport, Parent, PromoteRequest, Registration,
    RegistryStore, Status, Version, WriteContext,
};
use registry_sqlite::SqliteStore;
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

/// What the original's schema was.
const ORIGINAL: &str = include_str!("../../../../migrations/sqlite/0001_original.sql");

const ORIGINAL_ROWS: &str = r#"
    INSERT INTO models (name, version, checkpoint_path, task_type, config_hash, created_at, metrics, export_formats,
        metadata, status, parent_model_id) VALUES
    ('gpt-small', '1.0.0', 'a.pt', 'language_modeling',
        '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a', '2025-03-01 10:00:00',
        '{"val_loss": 0.38}', '["onnx"]', '{}', 'active', NULL),
    ('gpt-small', 'v2', 'b.pt', 'language_modeling',
        '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a', '2025-04-01 10:00:00',
        '{"val_loss": NaN}', '[]', '{}', 'experimental', 77);
    INSERT INTO model_tags (model_id, tag_name, created_at) VALUES
        (1, 'production', '2025-03-02 10:00:00'), (9, 'production', '2025-03-03 10:00:00');
"#;

/// Makes the folder.
pub(crate) fn make(folder: &Path) {
    fs::create_dir(folder).unwrap();
    let file = |name: &str, content: &str| fs::write(folder.join(name), content).unwrap();
    file("epoch_10.pt", &"weights ".repeat(2000));
    file(
        "config.json",
        r#"{"d_model": 768, "num_layers": 12, "vocab_size": 50257}"#,
    );
    file("no_database.db", "this is a text, and no database");
    file(
        "models.jsonl",
        r#"{"name": "bulk", "version": "1.1.0", "checkpoint_path": "epoch_10.pt", "task_type": "t", "config": {}, "parent": "bulk@1.0.0"}
{"name": "bulk", "version": "1.0.0", "checkpoint_path": "epoch_10.pt", "task_type": "t", "config": {"d": 1}, "metrics": {"loss": 0.5}, "tags": ["nightly"]}
"#,
    );
    file(
        "bad.jsonl",
        r#"{"name": "gpt-base", "version": "1.0.0", "checkpoint_path": "epoch_10.pt", "task_type": "t", "config": {}}
{"name": "bulk", "version": "one", "checkpoint_path": "epoch_10.pt", "task_type": "t", "config": {}}
{"name": "bulk", "version": "1.2.0", "checkpoint_path": "gone.pt", "task_type": "t", "config": {}}
"#,
    );
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        fill(&folder.join("model_registry.db")).await;
        original(&folder.join("original.db")).await;
    });
}

/// A file as the original Python registry makes it, with two of the faults that it allowed.
async fn original(path: &Path) {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .foreign_keys(false);
    let mut connection = options.connect().await.unwrap();
    sqlx::raw_sql(ORIGINAL).execute(&mut connection).await.unwrap();
    sqlx::raw_sql(ORIGINAL_ROWS)
        .execute(&mut connection)
        .await
        .unwrap();
    sqlx::Connection::close(connection).await.unwrap();
}

/// A base model, one trained on from it, and two versions of a third; production moved once.
async fn fill(path: &Path) {
    let store = SqliteStore::open_or_create(path).await.unwrap();
    let context = |actor: &str, at: &str| WriteContext::new(actor.parse().unwrap(), at.parse().unwrap());

    let mut base = model(
        "gpt-base",
        Version::new(1, 0, 0),
        r#"{"val_loss": 0.52, "perplexity": 1.682}"#,
    );
    base.tags = vec!["baseline".parse().unwrap()];
    base.memory_req_gb = Some(4.0.try_into().unwrap());
    base.training_run_id = Some(17.try_into().unwrap());
    base.metadata = r#"{"framework": "pytorch 2.4", "seed": 42}"#.parse().unwrap();
    store
        .register(&context("alice", "2026-01-05T09:00:00Z"), base)
        .await
        .unwrap();

    let mut legal = model(
        "gpt-legal",
        Version::new(1, 0, 0),
        r#"{"val_loss": 0.47, "perplexity": 1.6}"#,
    );
    legal.parent = Some(Parent::Id(1.try_into().unwrap()));
    store
        .register(&context("alice", "2026-01-12T10:30:00Z"), legal)
        .await
        .unwrap();

    let mut tagger = model(
        "contract-tagger",
        Version::new(1, 0, 0),
        r#"{"val_loss": 0.41, "f1": 0.88}"#,
    );
    tagger.task_type = "sequence_tagging".parse().unwrap();
    tagger.parent = Some(Parent::Id(2.try_into().unwrap()));
    store
        .register(&context("bob", "2026-01-19T11:00:00Z"), tagger.clone())
        .await
        .unwrap();

    tagger.version = Version::new(1, 1, 0).into();
    tagger.checkpoint = checkpoint("contract-tagger", &Version::new(1, 1, 0));
    tagger.metrics = r#"{"val_loss": 0.3800001, "f1": 0.9127, "latency_ms": 12.5}"#
        .parse()
        .unwrap();
    tagger.config_hash = ConfigHash::of_json(r#"{"d_model": 1024}"#).unwrap();
    tagger.exports = vec![NewExport {
        format: "onnx".parse().unwrap(),
        path: "/srv/models/contract-tagger-1.1.0.onnx".parse().unwrap(),
        metadata: r#"{"opset": 17}"#.parse().unwrap(),
    }];
    tagger.notes = Some("trained with the cleaned labels".parse().unwrap());
    store
        .register(&context("bob", "2026-02-02T08:15:00Z"), tagger)
        .await
        .unwrap();

    let mut old = model("bert-old", Version::new(0, 9, 0), r#"{"f1": 0.7}"#);
    old.status = Status::Retired;
    store
        .register(&context("alice", "2026-02-03T12:00:00Z"), old)
        .await
        .unwrap();

    for (actor, at, id, reason) in [
        ("alice", "2026-02-04T09:00:00Z", 3, "first release"),
        (
            "bob",
            "2026-02-05T16:20:00Z",
            4,
            "better f1 on the held-out contracts",
        ),
    ] {
        let request = PromoteRequest::new(id.try_into().unwrap(), "production".parse().unwrap());
        let context = context(actor, at).reason(reason.parse().unwrap());
        store.promote(&context, request).await.unwrap();
    }
    store.close().await;
}

/// A model whose checkpoint lies on another machine.
fn model(name: &str, version: Version, metrics: &str) -> Registration {
    let checkpoint = checkpoint(name, &version);
    let hash = ConfigHash::of_json(r#"{"d_model": 768}"#).unwrap();
    let task_type = "language_modeling".parse().unwrap();
    let mut model = Registration::new(name.parse().unwrap(), version, checkpoint, task_type, hash);
    model.metrics = metrics.parse::<Metrics>().unwrap();
    model
}

fn checkpoint(name: &str, version: &Version) -> Checkpoint {
    let path: CheckpointPath = format!("/srv/models/{name}-{version}.pt").parse().unwrap();
    Checkpoint {
        absolute: Some(path.clone()),
        path,
        size_bytes: Some(22_439_000),
    }
}
