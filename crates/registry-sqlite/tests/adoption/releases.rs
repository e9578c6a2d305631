//! Registries of earlier releases of this program: what an upgrade adds to them.

use registry_core::RegistryStore;
use registry_core::search::SearchQuery;
use registry_sqlite::inspect::{SchemaState, inspect};

use crate::support::{File, execute, now};

/// The steps that releases took, by the schema that each leads to.
const STEPS: [(i64, &str); 7] = [
    (1, include_str!("../../../../migrations/sqlite/0001_original.sql")),
    (
        2,
        include_str!("../../../../migrations/sqlite/0002_original_aside.sql"),
    ),
    (3, include_str!("../../../../migrations/sqlite/0003_registry.sql")),
    (
        3,
        "DROP TABLE original_model_exports; DROP TABLE original_model_tags; DROP TABLE original_models;",
    ),
    (4, include_str!("../../../../migrations/sqlite/0004_search.sql")),
    (
        5,
        include_str!("../../../../migrations/sqlite/0005_idempotency.sql"),
    ),
    (6, include_str!("../../../../migrations/sqlite/0006_webhooks.sql")),
];

/// A registry as the release with this schema left it.
async fn of_schema(version: i64) -> File {
    let file = File::new();
    for (_, step) in STEPS.iter().filter(|(schema, _)| *schema <= version) {
        execute(&file.path, step).await;
    }
    let made = File::new();
    registry_sqlite::migrate::create(&made.path).await.unwrap();
    let recorded = format!(
        "ATTACH '{}' AS made; CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, \
         installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, checksum BLOB NOT NULL, \
         execution_time BIGINT NOT NULL); \
         INSERT INTO _sqlx_migrations SELECT * FROM made._sqlx_migrations WHERE version <= {version}",
        made.path.display()
    );
    execute(&file.path, &recorded).await;
    let header = format!(
        "PRAGMA journal_mode = WAL; PRAGMA application_id = 0x4D524547; PRAGMA user_version = {version}"
    );
    execute(&file.path, &header).await;
    file
}

async fn with_models(file: &File) {
    execute(
        &file.path,
        r#"INSERT INTO model_names VALUES ('gpt', 2);
        INSERT INTO models (name, version, version_key, ordinal, checkpoint_path, task_type, config_hash, created_at,
            updated_at, created_by, metrics, export_formats, metadata, status)
        VALUES
            ('gpt', '1.0.0', x'000000000000000100000000000000000000000000000000ff', 1, 'a.pt', 'lm', 'h', 1, 1, 'alice',
             '{}', '["onnx","onnx"]', '{"seed": 42, "optimizer": {"name": "adam", "lr": 5e-324}}', 'active'),
            ('gpt', '2.0.0', x'000000000000000200000000000000000000000000000000ff', 2, 'b.pt', 'lm', 'h', 2, 2, 'alice',
             '{}', '[]', '{}', 'active');
        INSERT INTO events (event_id, at, kind, actor, model_id, name, version, tag, after) VALUES
            (1, 1, 'registered', 'alice', 1, 'gpt', '1.0.0', NULL, '{}'),
            (2, 2, 'registered', 'alice', 2, 'gpt', '2.0.0', NULL, '{}'),
            (3, 3, 'labelled', 'alice', 1, 'gpt', '1.0.0', 'best', NULL);
        INSERT INTO model_tags VALUES (1, 'best', 'gpt', 3, 0, 3);"#,
    )
    .await;
}

#[tokio::test]
async fn schema_3_gets_what_searches_need() {
    let file = of_schema(3).await;
    with_models(&file).await;
    assert_eq!(
        inspect(&file.path).await.unwrap(),
        SchemaState::Outdated { found: 3, needed: 7 }
    );
    let report = file.migrate().await;
    assert_eq!(
        (report.from_version, report.to_version, report.models),
        (Some(3), 7, 2)
    );
    assert!(report.backup.is_some_and(|backup| backup.is_file()));
    let store = file.store().await;
    assert!(store.doctor().await.unwrap().is_healthy());
    for filter in [
        "metadata.seed = 42",
        "metadata.optimizer.lr = 5e-324",
        "metadata.optimizer exists",
        "exports.format = onnx",
        "tag = best",
    ] {
        let query = SearchQuery::new(Some(filter.parse().unwrap()), Vec::new()).unwrap();
        let page = store.search(&query, now()).await.unwrap();
        let found: Vec<i64> = page.items.iter().map(|model| model.id.get()).collect();
        assert_eq!(found, [1], "{filter}");
    }
}

#[tokio::test]
async fn a_webhook_of_schema_6_goes_on() {
    let file = of_schema(6).await;
    execute(
        &file.path,
        r#"INSERT INTO webhooks VALUES (1, 'ci', 'https://ci.example/', '{"kinds":[],"names":[],"tags":[]}', 1,
            'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', NULL, NULL, 0, 1, 'alice', 1, 'alice');
        UPDATE webhook_state SET last_webhook_id = 1;"#,
    )
    .await;
    assert_eq!(file.migrate().await.to_version, 7);
    let webhooks = file.store().await.webhooks().list().await.unwrap();
    let [webhook] = &webhooks[..] else {
        panic!("{webhooks:?}");
    };
    assert!(webhook.enabled && webhook.gone_at.is_none());
    assert_eq!(webhook.name.as_str(), "ci");
}
