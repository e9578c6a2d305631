//! What `doctor` finds of a registry on PostgreSQL that was written to by other means.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::sync::Arc;

use registry_tests::{PostgresRegistry, Session, a_model};
use sqlx::{AssertSqlSafe, Executor};

const FAULTS: [(&str, &str, &str); 14] = [
    (
        "UPDATE model_metrics SET value = 7 WHERE model_id = 1",
        "metrics",
        "model 1",
    ),
    (
        "DELETE FROM model_metrics WHERE model_id = 1",
        "metrics",
        "model 1",
    ),
    (
        "INSERT INTO model_metrics VALUES (2, 'more', 1)",
        "metrics",
        "model 2",
    ),
    (
        r#"UPDATE models SET metrics = '{"loss": 2}' WHERE model_id = 1"#,
        "metrics",
        "model 1",
    ),
    (
        "DELETE FROM model_metadata WHERE model_id = 1 AND path = '.seed'",
        "metadata",
        "model 1",
    ),
    (
        "UPDATE model_metadata SET number = 43 WHERE path = '.seed'",
        "metadata",
        "model 1",
    ),
    (
        "UPDATE model_metadata SET number = NULL, text = '42' WHERE path = '.seed'",
        "metadata",
        "model 1",
    ),
    (
        "INSERT INTO model_metadata VALUES (2, '.x', NULL, NULL, TRUE)",
        "metadata",
        "model 2",
    ),
    (
        "DELETE FROM model_formats WHERE model_id = 1",
        "export_formats",
        "model 1",
    ),
    (
        "INSERT INTO model_formats VALUES (2, 'onnx')",
        "export_formats",
        "model 2",
    ),
    (
        "UPDATE models SET version_key = '\\x00' WHERE model_id = 2",
        "version_key",
        "model 2",
    ),
    (
        "UPDATE model_tags SET model_created_at = 1 WHERE tag_name = 'best'",
        "tag_row",
        "model 1",
    ),
    (
        "UPDATE model_tags SET name = 'other' WHERE tag_name = 'best'",
        "tag_row",
        "model 1",
    ),
    (
        "UPDATE models SET task_type = '' WHERE model_id = 2",
        "stored_value",
        "model 2",
    ),
];

#[tokio::test]
async fn each_planted_fault_is_found_and_nothing_else() {
    let registry = PostgresRegistry::new().await;
    let store = registry.open().await;
    let session = Session::new(Arc::new(store.clone()));
    let mut connection = registry.connect().await;
    for (fault, code, subject) in FAULTS {
        registry.clear().await;
        let model = a_model("gpt", "1.0.0")
            .metric("loss", 0.5)
            .metric("nothing", -0.0)
            .format("onnx")
            .tagged("best");
        let model =
            model.metadata(r#"{"seed": 42, "on": true, "off": null, "list": [1, "a"], "tiny": 5e-324}"#);
        session.register(model).await;
        session.register(a_model("vit", "1.0.0")).await;
        assert!(found(&store).await.is_empty());
        connection.execute(AssertSqlSafe(fault.to_owned())).await.unwrap();
        let found = found(&store).await;
        assert_eq!(found.len(), 1, "{fault}: {found:?}");
        assert!(
            found[0].0 == code && found[0].1.starts_with(subject),
            "{fault}: {found:?}"
        );
    }
}

/// What is found, but for the files of the models, which a test doesn't make.
async fn found(store: &registry_postgres::PostgresStore) -> Vec<(&'static str, String)> {
    let findings = store.doctor().await.unwrap().findings;
    let findings = findings
        .into_iter()
        .filter(|finding| !finding.code.starts_with("checkpoint"));
    findings.map(|finding| (finding.code, finding.subject)).collect()
}
