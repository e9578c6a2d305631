//! Which commands set up an empty database, and what is only done to files.

use crate::Team;

const A_MODEL: &str = "--name gpt --version 1.0.0 --checkpoint a.pt --task-type t --config-hash h";

#[test]
fn only_a_write_of_the_first_model_and_migrate_set_up_a_database() {
    let team = Team::new();
    let sandbox = &team.sandbox;
    for line in [
        "list",
        "get 1",
        "doctor",
        "backup a.db",
        "settings",
        "promote 1 --tag t",
    ] {
        let ran = sandbox.run(&format!("{line} --json"));
        assert_eq!(
            (ran.status, ran.error()["code"].as_str()),
            (3, Some("registry_missing")),
            "{line}"
        );
    }
    assert_eq!(sandbox.run(&format!("register --dry-run {A_MODEL}")).status, 0);
    assert_eq!(sandbox.json("migrate --dry-run")["changed"], true);
    let status = sandbox.run("migrate --status");
    assert!(status.out.contains("no registry"), "{status:?}");
    assert_eq!(sandbox.run("list").status, 3);
    sandbox.ok(&format!("register {A_MODEL}"));
    assert_eq!(sandbox.json("list")["models"][0]["name"], "gpt");
    assert_eq!(sandbox.json("migrate")["changed"], false);
    assert_eq!(sandbox.json("migrate --status")["current"], true);

    let other = Team::new();
    assert_eq!(other.sandbox.json("migrate")["changed"], true);
    assert_eq!(other.sandbox.run("list").status, 0);
}

#[test]
fn a_database_that_is_not_there_is_no_place_for_a_registry() {
    let team = Team::new();
    let missing = team.database.url().replace("registry_test_", "registry_no_test_");
    for line in [
        "list".to_owned(),
        format!("register {A_MODEL}"),
        format!("register --dry-run {A_MODEL}"),
    ] {
        let ran = team.sandbox.run(&format!("{line} --json --db {missing}"));
        let error = ran.error();
        assert_eq!(
            (ran.status, error["code"].as_str()),
            (3, Some("registry_missing")),
            "{line}"
        );
        assert!(error["hint"].as_str().unwrap().contains("createdb"), "{error}");
    }
}

#[test]
fn several_registries_live_in_schemas_of_one_database() {
    let team = Team::new();
    let db = |schema: &str| format!("--db {}&schema={schema}", team.database.url());
    team.sandbox
        .ok(&format!("register {A_MODEL} {}", db("vision_team")));
    assert_eq!(
        team.sandbox.run("list").status,
        3,
        "the default schema stays empty"
    );
    assert_eq!(team.sandbox.run(&format!("list {}", db("speech"))).status, 3);
    let location = team
        .sandbox
        .json(&format!("migrate --status {}", db("vision_team")))["location"]
        .clone();
    assert!(
        location.as_str().unwrap().ends_with("schema=vision_team"),
        "{location}"
    );
}

#[test]
fn what_is_only_done_to_files_says_what_to_do_instead() {
    let team = Team::new();
    team.sandbox.ok("migrate");
    for line in ["backup a.db", "migrate --backup-to a.db"] {
        let ran = team.sandbox.run(&format!("{line} --json"));
        let error = ran.error();
        assert_eq!(
            (ran.status, error["code"].as_str()),
            (2, Some("unsupported")),
            "{line}"
        );
        assert!(error["hint"].as_str().unwrap().contains("pg_dump"), "{error}");
        assert!(!team.sandbox.path("a.db").exists());
    }
}

#[test]
fn a_later_schema_is_refused_and_an_older_names_the_upgrade() {
    let team = Team::new();
    team.sandbox.ok("migrate");
    team.execute(
        "INSERT INTO registry_migrations (version, description, success, checksum, execution_time)
         SELECT 9999, 'later', TRUE, checksum, 0 FROM registry_migrations LIMIT 1",
    );
    let ran = team.sandbox.run("list --json");
    assert_eq!(ran.error()["code"], "registry_newer");
    assert_eq!(team.sandbox.run("migrate").status, 1);
    // What the first release made.
    team.execute(
        "DELETE FROM registry_migrations WHERE version > 1; DROP TABLE idempotency_keys;
         DROP TABLE webhook_attempts, webhook_deliveries, webhook_state, webhooks",
    );
    let error = team.sandbox.run("list --json").error();
    assert_eq!(error["code"], "registry_outdated");
    let hint = error["hint"].as_str().unwrap();
    assert!(
        hint.contains("registry-cli migrate --db 'postgres:///registry_test_"),
        "{hint}"
    );
    team.sandbox.ok("migrate");
    let register = format!("register {A_MODEL} --idempotency-key k");
    assert_eq!(team.sandbox.json(&register), team.sandbox.json(&register));
}

#[test]
fn doctor_finds_what_contradicts_itself() {
    let team = Team::new();
    team.sandbox.ok(&format!("register {A_MODEL} --tags nightly"));
    team.sandbox.ok("promote gpt@1.0.0 --tag production");
    assert_eq!(team.sandbox.json("doctor")["healthy"], true);
    std::fs::write(team.sandbox.path("a.pt"), [7; 100]).unwrap();
    team.execute(
        "UPDATE models SET parent_model_id = model_id, ordinal = 7, task_type = '';
         DELETE FROM model_tags WHERE tag_name = 'nightly';
         UPDATE model_tags SET promoted = FALSE;
         INSERT INTO settings VALUES ('promotion-scope', 'nowhere') ON CONFLICT (key) DO UPDATE SET value = 'nowhere'",
    );
    let ran = team.sandbox.run("doctor --json");
    assert_eq!(ran.status, 1);
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let mut codes: Vec<&str> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["code"].as_str().unwrap())
        .collect();
    codes.sort_unstable();
    let expected = [
        "ordinal",
        "parent_cycle",
        "stored_value",
        "stored_value",
        "tag_event",
        "tag_history",
    ];
    assert_eq!(codes, expected, "{report}");
    team.execute("UPDATE models SET task_type = 't'");
    assert!(
        team.sandbox
            .run("doctor --json")
            .out
            .contains("checkpoint_changed")
    );
}

#[test]
fn the_demo_works_in_an_empty_database_and_in_no_other() {
    let team = Team::new();
    let shown = team.sandbox.ok("demo try");
    assert!(shown.contains("--db 'postgres:///registry_test_"), "{shown}");
    assert!(!team.sandbox.path("try/models.db").exists());
    assert_eq!(
        team.sandbox.json("get :production")["checkpoint_path"],
        "try/ticket-reply-1.0.0.safetensors"
    );
    let again = team.sandbox.run("demo again --json");
    assert_eq!(
        (again.status, again.error()["code"].as_str()),
        (4, Some("registry_not_empty"))
    );
    assert!(!team.sandbox.path("again").exists());
}
