//! The exit status of each class of failure, and its words for people and for programs.

use serde_json::json;

use crate::sandbox::Sandbox;

#[test]
fn each_class_of_failure_has_its_status() {
    let sandbox = Sandbox::with_models();
    std::fs::write(
        sandbox.path("letter.txt"),
        "not a database, only a letter to somebody else",
    )
    .unwrap();
    let table = [
        ("list", 0),
        ("list --db letter.txt", 1),
        ("hash --config @missing.json", 1),
        ("list --limit many", 2),
        ("list --no-such-flag", 2),
        ("no-such-command", 2),
        ("update 1", 2),
        ("get 99", 3),
        ("list --db missing.db", 3),
        ("untag 1 nothing", 3),
        (
            "register --name gpt --version 1.0.0 --checkpoint a.pt --task-type t --config-hash h",
            4,
        ),
        ("delete 1", 4),
        ("rollback --tag production", 4),
    ];
    for (line, status) in table {
        let ran = sandbox.run(line);
        assert_eq!(ran.status, status, "{line}: {ran:?}");
        if status != 0 {
            assert!(ran.out.is_empty(), "{line}");
            assert!(ran.err.starts_with("error: "), "{line}: {}", ran.err);
        }
    }
}

#[test]
fn errors_in_json_have_code_message_and_hint() {
    let sandbox = Sandbox::with_models();
    let table = [
        ("get 99", "model_not_found"),
        ("get --model-id 0", "invalid_model_id"),
        ("register --name gpt --version v1", "invalid_version"),
        (
            "register --name gpt --training-run-id -3",
            "invalid_training_run_id",
        ),
        ("update 1 --training-run-id 0", "invalid_training_run_id"),
        ("list --no-such-flag", "usage"),
        ("register --name a", "usage"),
        ("list --db missing.db", "registry_missing"),
        ("update 1 --metrics [1]", "invalid_metrics"),
        ("delete 2", "confirmation_needed"),
    ];
    for (line, code) in table {
        let ran = sandbox.run(&format!("{line} --json"));
        let error = ran.error();
        assert_eq!(error["code"], code, "{line}: {ran:?}");
        for part in ["message", "hint"] {
            assert!(
                error[part].as_str().is_some_and(|text| !text.is_empty()),
                "{line}"
            );
        }
        assert!(ran.out.is_empty(), "{line}");
    }
}

#[test]
fn a_bad_value_is_told_in_the_words_of_the_domain() {
    let sandbox = Sandbox::new();
    let ran = sandbox.run("register --name gpt --version v2");
    assert_eq!(ran.status, 2);
    let mut lines = ran.err.lines();
    assert!(lines.next().unwrap().starts_with("error: invalid version `v2`: "));
    assert!(
        lines
            .next()
            .unwrap()
            .starts_with("hint: write a semantic version")
    );
    assert_eq!(lines.next(), None);
}

#[test]
fn a_hint_is_about_the_value_that_was_refused() {
    let sandbox = Sandbox::with_models();
    let table = [
        ("lineage 1 --scope bogus", "invalid_scope", "`descendants`"),
        (
            "promote 1 --tag a --scope bogus",
            "invalid_scope",
            "`registry`, `name` or `none`",
        ),
        (
            "list --metric loss --max nan",
            "invalid_bound",
            "a bound is a finite number",
        ),
        ("list --status experimental", "invalid_status", "`all`"),
        (
            "register --name gpt --bump foo",
            "invalid_bump",
            "`major`, `minor` or `patch`",
        ),
    ];
    for (line, code, words) in table {
        let error = sandbox.run(&format!("{line} --json")).error();
        assert_eq!(error["code"], code, "{line}");
        assert!(error["hint"].as_str().unwrap().contains(words), "{line}: {error}");
    }
}

#[test]
fn the_two_sentences_that_users_know_stay() {
    let sandbox = Sandbox::with_models();
    let plain = "--name gpt --version 1.0.0 --task-type t --config-hash h";
    let missing = sandbox.run(&format!("register {plain} --checkpoint no/such.pt"));
    assert!(
        missing
            .err
            .starts_with("error: Checkpoint not found: no/such.pt\nhint: ")
    );
    let twice = sandbox.run(&format!("register {plain} --checkpoint a.pt"));
    let sentence =
        "error: Model 'gpt' version '1.0.0' already exists. Use a different version number.\nhint: ";
    assert!(twice.err.starts_with(sentence));
}

#[test]
fn without_a_command_the_help_is_shown() {
    let sandbox = Sandbox::new();
    for line in ["", "--db some.db"] {
        let ran = sandbox.run(line);
        assert_eq!(ran.status, 2);
        assert!(ran.err.contains("Usage: registry-cli"), "{}", ran.err);
    }
    let ran = finish_with_database(&sandbox);
    assert!(ran.contains("Usage: registry-cli"));
    assert_eq!(
        sandbox.run("--json").error()["message"],
        json!("no command was given")
    );
}

fn finish_with_database(sandbox: &Sandbox) -> String {
    let output = sandbox.command().env("REGISTRY_DB", "some.db").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn only_registering_makes_a_file() {
    let sandbox = Sandbox::new();
    for line in [
        "list",
        "get 1",
        "promote 1 --tag a",
        "history",
        "settings",
        "delete 1 --force",
        "lineage 1",
    ] {
        let ran = sandbox.run(line);
        assert_eq!(ran.status, 3, "{line}: {ran:?}");
        assert!(
            ran.err.contains("there is no registry at `model_registry.db`"),
            "{line}"
        );
        assert!(!sandbox.path("model_registry.db").exists(), "{line}");
    }
    let bad = sandbox.run("register --name gpt --version 1.0.0 --checkpoint a.pt --task-type t");
    assert_eq!(bad.status, 2);
    assert!(bad.err.contains("neither --config nor --config-hash was given"));
    assert!(!sandbox.path("model_registry.db").exists());
    sandbox.ok("register --name gpt --version 1.0.0 --checkpoint a.pt --task-type t --config-hash h");
    assert!(sandbox.path("model_registry.db").exists());
}
