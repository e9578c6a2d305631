//! What `doctor` finds of a registry on PostgreSQL that was written to by other means.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::sync::Arc;

use registry_core::doctor::Severity;
use registry_postgres::{ConnectOptions, PostgresStore, migrate};
use registry_tests::{Database, PostgresRegistry, Session, a_model};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use throwaway_postgres::{Binaries, Server};

const FAULTS: [(&str, &str, &str); 15] = [
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
        "UPDATE events SET previous_event_id = 1 WHERE event_id = 2",
        "previous_event",
        "event 2",
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

#[tokio::test]
async fn a_sequence_behind_its_table_is_found() {
    let registry = PostgresRegistry::new().await;
    let store = registry.open().await;
    let session = Session::new(Arc::new(store.clone()));
    let mut connection = registry.connect().await;
    for version in ["1.0.0", "2.0.0", "3.0.0"] {
        session.register(a_model("gpt", version)).await;
    }
    assert!(found(&store).await.is_empty());
    for (behind, subject, mend) in [
        (
            "SELECT setval('model_ids', 2)",
            "sequence model_ids",
            "SELECT setval('model_ids', 3)",
        ),
        (
            "SELECT setval('model_ids', 3, false)",
            "sequence model_ids",
            "SELECT setval('model_ids', 3)",
        ),
        (
            "SELECT setval('event_ids', 1)",
            "sequence event_ids",
            "SELECT setval('event_ids', 3)",
        ),
    ] {
        connection.execute(behind).await.unwrap();
        let findings = store.doctor().await.unwrap().findings;
        let findings: Vec<_> = findings
            .into_iter()
            .filter(|finding| finding.code == "sequence")
            .collect();
        assert_eq!(findings.len(), 1, "{behind}: {findings:?}");
        assert_eq!(findings[0].subject, subject);
        assert!(findings[0].hint.contains(mend), "{}", findings[0].hint);
        connection.execute(mend).await.unwrap();
        assert!(found(&store).await.is_empty(), "{mend} mends nothing");
    }
    // The history still names a model that is gone.
    connection
        .execute("DELETE FROM models WHERE model_id = 3; SELECT setval('model_ids', 2)")
        .await
        .unwrap();
    let behind = ("sequence", "sequence model_ids".to_owned());
    assert_eq!(found(&store).await, [behind]);
}

#[tokio::test]
async fn rows_of_models_that_are_not_there_are_found() {
    let registry = PostgresRegistry::new().await;
    let store = registry.open().await;
    let session = Session::new(Arc::new(store.clone()));
    let mut connection = registry.connect().await;
    let model = a_model("gpt", "1.0.0")
        .metric("loss", 0.5)
        .format("onnx")
        .tagged("best")
        .metadata(r#"{"seed": 42}"#);
    session.register(model).await;
    session.register(a_model("vit", "1.0.0")).await;
    connection
        .execute(
            "UPDATE models SET parent_model_id = 1 WHERE model_id = 2;
             INSERT INTO model_exports VALUES (1, 'onnx', '/a.onnx', '\\x00', 1, '{}');
             SET session_replication_role = replica;
             DELETE FROM models WHERE model_id = 1;
             SET session_replication_role = origin",
        )
        .await
        .unwrap();
    let found = found(&store).await;
    for subject in [
        "model 2",
        "model_exports of model 1",
        "model_formats of model 1",
        "model_metadata of model 1",
        "model_metrics of model 1",
        "model_tags of model 1",
    ] {
        let wanted = ("reference", subject.to_owned());
        assert!(found.contains(&wanted), "{subject}: {found:?}");
    }
    assert!(found.iter().all(|(code, _)| *code == "reference"), "{found:?}");
}

/// On a server of its own: who may read all data of a server may do so in the registries of other tests, too.
#[tokio::test]
async fn who_may_read_secrets_and_writes_no_webhooks_is_named() {
    const ROLES: [&str; 9] = [
        "owner", "deputy", "table", "Column", "nobody", "writer", "hook", "admin", "monitor",
    ];
    let server = Server::start(&Binaries::find().unwrap(), &[]).unwrap();
    let url = server.url("postgres");
    let options = ConnectOptions::parse(&url).unwrap();
    let store = PostgresStore::open_or_create(&options).await.unwrap();
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let named = |role: &str| format!("test_{role}");
    let quoted = |role: &str| format!("\"{}\"", named(role));
    let [owner, deputy, table, column, nobody, writer, hook, admin, monitor] = ROLES.map(quoted);
    for role in ROLES.map(quoted) {
        let create = format!("CREATE ROLE {role}");
        connection.execute(AssertSqlSafe(create)).await.unwrap();
    }
    // Of these `table`, `column`, `monitor` and everybody are one too many.
    let grants = format!(
        "ALTER TABLE webhooks OWNER TO {owner};
         ALTER ROLE {admin} SUPERUSER;
         GRANT {owner} TO {deputy};
         GRANT SELECT ON webhooks TO {deputy}, {table}, {admin};
         GRANT SELECT (secret) ON webhooks TO {column};
         GRANT SELECT (name, url) ON webhooks TO {nobody};
         GRANT SELECT, INSERT, UPDATE, DELETE ON webhooks TO {writer};
         GRANT {writer} TO {hook};
         GRANT SELECT ON webhooks TO {hook};
         GRANT pg_read_all_data TO {monitor}, {deputy}, {admin};
         GRANT SELECT (old_secret) ON webhooks TO PUBLIC"
    );
    connection.execute(AssertSqlSafe(grants)).await.unwrap();
    let findings = store.doctor().await.unwrap().findings;
    let mut named_roles: Vec<&str> = findings.iter().map(|finding| finding.subject.as_str()).collect();
    named_roles.sort_unstable();
    let mut expected = vec!["every role".to_owned()];
    expected.extend(["Column", "monitor", "table"].map(|role| format!("role {}", named(role))));
    assert_eq!(named_roles, expected);
    let statements: Vec<&str> = findings
        .iter()
        .map(|finding| finding.hint.split('`').nth(1).unwrap())
        .collect();
    for statement in [
        "REVOKE SELECT ON public.webhooks FROM PUBLIC".to_owned(),
        format!("REVOKE SELECT ON public.webhooks FROM {column}"),
        format!("REVOKE SELECT ON public.webhooks FROM {}", named("table")),
        format!("REVOKE pg_read_all_data FROM {}", named("monitor")),
    ] {
        assert!(
            statements.contains(&statement.as_str()),
            "{statement}: {statements:?}"
        );
    }
    for finding in &findings {
        assert_eq!(
            (finding.code, finding.severity),
            ("secret_readers", Severity::Notice)
        );
    }
    assert!(store.doctor().await.unwrap().is_healthy());

    // As it says, and all is well.
    for statement in statements {
        connection
            .execute(AssertSqlSafe(statement.to_owned()))
            .await
            .unwrap();
    }
    assert!(found(&store).await.is_empty());
}

/// A database that was set up before there were webhooks, for readers by default privileges.
#[tokio::test]
async fn readers_by_default_privileges_are_named_after_an_upgrade() {
    let database = Database::new().await;
    let reader = format!("{}_reader", database_of(database.url()));
    let mut connection = PgConnection::connect(database.url()).await.unwrap();
    let grants = format!(
        "DROP ROLE IF EXISTS {reader}; CREATE ROLE {reader};
         ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {reader}"
    );
    connection.execute(AssertSqlSafe(grants)).await.unwrap();
    let options = ConnectOptions::parse(database.url()).unwrap();
    migrate::migrate(&options).await.unwrap();
    let store = PostgresStore::open(&options).await.unwrap();
    assert_eq!(
        found(&store).await,
        [("secret_readers", format!("role {reader}"))]
    );
    let revoke = format!("REVOKE SELECT ON webhooks FROM {reader}");
    connection.execute(AssertSqlSafe(revoke)).await.unwrap();
    assert!(found(&store).await.is_empty());
    let end = format!("DROP OWNED BY {reader}; DROP ROLE {reader}");
    connection.execute(AssertSqlSafe(end)).await.unwrap();
}

/// The name of the database of an address.
fn database_of(address: &str) -> String {
    let name = address.split(['/', '?']).nth(3).unwrap_or_default();
    name.to_owned()
}

/// What is found, but for the files of the models, which a test doesn't make.
async fn found(store: &PostgresStore) -> Vec<(&'static str, String)> {
    let findings = store.doctor().await.unwrap().findings;
    let findings = findings
        .into_iter()
        .filter(|finding| !finding.code.starts_with("checkpoint"));
    findings.map(|finding| (finding.code, finding.subject)).collect()
}
