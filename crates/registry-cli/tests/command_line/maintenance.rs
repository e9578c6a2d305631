//! `migrate`, `backup` and `doctor`, as far as they need no file of the original.

use crate::sandbox::Sandbox;

#[test]
fn migrate_makes_a_registry_and_leaves_a_current_one_alone() {
    let sandbox = Sandbox::new();
    let rehearsed = sandbox.json("migrate --dry-run");
    assert_eq!(
        (&rehearsed["changed"], &rehearsed["dry_run"]),
        (&true.into(), &true.into())
    );
    assert!(!sandbox.path("model_registry.db").exists());
    assert_eq!(sandbox.json("migrate --status")["current"], false);
    assert_eq!(sandbox.json("migrate")["changed"], true);
    assert_eq!(sandbox.json("migrate")["changed"], false);
    assert_eq!(sandbox.json("migrate --status")["current"], true);
    assert_eq!(sandbox.run("migrate --status --dry-run").status, 2);
}

#[test]
fn a_file_that_is_no_registry_is_refused_and_kept() {
    let sandbox = Sandbox::new();
    let text = "name,version\n";
    std::fs::write(sandbox.path("models.csv"), text).unwrap();
    let ran = sandbox.run("migrate --db models.csv --json");
    assert_eq!(ran.status, 1);
    assert_eq!(ran.error()["code"], "not_a_registry");
    assert_eq!(std::fs::read_to_string(sandbox.path("models.csv")).unwrap(), text);
}

#[test]
fn a_backup_is_a_registry_and_never_overwrites() {
    let sandbox = Sandbox::with_models();
    let report = sandbox.json("backup copy.db");
    assert_eq!(report["models"], 3);
    assert_eq!(sandbox.json("list --db copy.db"), sandbox.json("list"));
    let again = sandbox.run("backup copy.db --json");
    assert_eq!(again.status, 4);
    assert_eq!(again.error()["code"], "file_exists");
    assert_eq!(sandbox.run("backup copy2.db --db missing.db").status, 3);
}

#[test]
fn doctor_finds_a_missing_checkpoint() {
    let sandbox = Sandbox::with_models();
    assert_eq!(sandbox.json("doctor")["healthy"], true);
    std::fs::remove_file(sandbox.path("a.pt")).unwrap();
    let ran = sandbox.run("doctor --json");
    assert_eq!(ran.status, 1);
    assert!(ran.out.contains("\"healthy\": false"), "{ran:?}");
    assert!(ran.out.contains("checkpoint_missing"), "{ran:?}");
    assert!(sandbox.run("doctor").out.contains("problem: "));
}

#[test]
fn doctor_reports_a_damaged_file() {
    let sandbox = Sandbox::with_models();
    let path = sandbox.path("model_registry.db");
    let whole = std::fs::read(&path).unwrap();
    // Everything but the header and the schema, which no longer say what stands where.
    let mut bytes = whole.clone();
    bytes[4096..].fill(0xAB);
    for bytes in [&bytes[..], &whole[..8192]] {
        std::fs::write(&path, bytes).unwrap();
        let ran = sandbox.run("doctor --json");
        assert_eq!(ran.status, 1, "{ran:?}");
        let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(report["healthy"], false);
        assert_eq!(report["findings"][0]["code"], "integrity");
        let told = sandbox.run("doctor").out;
        assert!(told.starts_with("problem: the file: "), "{told}");
        assert!(
            told.contains("  hint: keep the file and restore the latest backup"),
            "{told}"
        );
    }
}

#[test]
fn the_demo_runs_and_stays_in_its_folder() {
    let sandbox = Sandbox::new();
    let shown = sandbox.ok("demo try");
    assert!(shown.contains("$ registry-cli "), "{shown}");
    assert!(sandbox.path("try/models.db").exists());
    assert!(!sandbox.path("model_registry.db").exists());
    assert_eq!(
        sandbox.json("get :production --db try/models.db")["name"],
        "ticket-reply"
    );
    assert_eq!(sandbox.run("demo try").status, 4, "the folder is there already");
}
