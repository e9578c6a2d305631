//! Every way to name a model, and the database before and after the command.

use crate::sandbox::Sandbox;

#[test]
fn a_model_has_many_names() {
    let sandbox = Sandbox::with_models();
    sandbox.ok("promote 1 --tag production");
    for (model, id) in [
        ("1", 1),
        ("--model-id 1", 1),
        ("--model-id gpt@1.0.0", 1),
        ("gpt@1.1.0", 2),
        ("gpt@^1", 2),
        ("gpt@~1.0", 1),
        ("gpt", 2),
        ("gpt@latest", 2),
        (":production", 1),
        ("gpt@:production", 1),
        ("--name gpt", 2),
        ("--name gpt --version 1.0.0", 1),
        ("--name gpt --version ~1.0", 1),
        ("--tag production", 1),
        ("--name gpt --tag production", 1),
        ("--config-hash h", 3),
        (":production --at 2999-01-01", 1),
    ] {
        let answer = sandbox.json(&format!("get {model}"));
        let found = answer.get("model_id").unwrap_or(&answer["holder"]["model_id"]);
        assert_eq!(found, id, "{model}");
    }
}

#[test]
fn build_metadata_and_blanks_name_no_other_model() {
    let sandbox = Sandbox::with_models();
    assert_eq!(
        sandbox.args(&["get", "gpt@ 1.0.0", "--json"]).out,
        sandbox.ok("get gpt@1.0.0 --json")
    );
    for line in [
        "get gpt@1.0.0+x",
        "get gpt@^1.0.0+x",
        "get --name gpt --version 1.0.0+x",
        "promote gpt@1.0.0+x --tag production",
        "tag gpt@1.0.0+x production",
        "update gpt@1.0.0+x --notes n",
        "retire gpt@1.0.0+x",
        "delete gpt@1.0.0+x --force",
    ] {
        let ran = sandbox.run(line);
        assert_eq!(ran.status, 2, "{line}: {ran:?}");
        assert!(ran.err.contains("build metadata (`+"), "{line}: {}", ran.err);
    }
}

#[test]
fn a_prerelease_is_the_latest_when_asked_for() {
    let sandbox = Sandbox::with_models();
    sandbox.ok("register --name gpt --version 2.0.0-rc.1 --checkpoint a.pt --task-type t --config-hash h");
    assert_eq!(sandbox.json("get gpt")["version"], "1.1.0");
    for line in [
        "get gpt@latest-pre",
        "get --name gpt --version latest-pre",
        "promote gpt@latest-pre --tag canary",
    ] {
        assert_eq!(sandbox.json(line)["version"], "2.0.0-rc.1", "{line}");
    }
    assert!(
        sandbox
            .run("get bert@latest-pre")
            .err
            .contains("no model fits `bert@latest-pre`")
    );
}

#[test]
fn commands_take_selectors_as_plain_arguments() {
    let sandbox = Sandbox::with_models();
    for line in [
        "promote gpt@1.0.0 --tag production",
        "tag :production best",
        "untag gpt@1.0.0 best",
        "retire vision",
        "restore vision",
        "update gpt@^1 --notes x",
        "compare :production gpt",
        "lineage gpt",
        "add-export vision --format onnx --path v.onnx",
        "exports list vision",
        "exports remove vision --format onnx --yes",
        "history gpt@1.0.0",
        "delete gpt@1.1.0 --yes",
    ] {
        sandbox.ok(line);
    }
}

#[test]
fn the_database_stands_before_or_after_the_command() {
    let sandbox = Sandbox::new();
    let register = "register --name a --version 1.0.0 --checkpoint a.pt --task-type t --config-hash h";
    sandbox.ok(&format!("--db one.db {register}"));
    sandbox.ok(&format!("{register} --db sqlite:two.db"));
    for line in ["--db one.db list", "list --db two.db", "list --db sqlite:one.db"] {
        assert_eq!(
            sandbox.json(line)["models"].as_array().unwrap().len(),
            1,
            "{line}"
        );
    }
    let output = sandbox
        .command()
        .arg("list")
        .env("REGISTRY_DB", "one.db")
        .output()
        .unwrap();
    assert!(output.status.success());
}

#[test]
fn variables_set_to_nothing_count_as_unset() {
    let sandbox = Sandbox::with_models();
    for line in ["list", "get 1", "tag 1 best"] {
        let mut command = sandbox.command();
        command.args(line.split_whitespace()).env("USER", "carol");
        for name in ["REGISTRY_DB", "REGISTRY_ACTOR", "NO_COLOR", "COLUMNS", "LC_ALL"] {
            command.env(name, "");
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{line}: {output:?}");
    }
    let history = sandbox.json("history --tag best");
    assert_eq!(history["events"][0]["actor"], "carol");
    // An option that is given as nothing is no slip of the surroundings.
    for line in [["list", "--db", ""], ["settings", "--db", ""]] {
        assert_eq!(sandbox.args(&line).status, 2, "{line:?}");
    }
    assert_eq!(sandbox.args(&["untag", "1", "best", "--actor", ""]).status, 2);
}

#[test]
fn history_needs_no_living_model() {
    let sandbox = Sandbox::with_models();
    sandbox.ok("delete vision --yes");
    for line in [
        "history 3",
        "history --model-id 3",
        "history vision@1.0.0",
        "history --name vision",
    ] {
        let events = sandbox.json(line);
        assert_eq!(events["events"][0]["kind"], "deleted", "{line}");
    }
    assert_eq!(sandbox.run("history 77").status, 3);
}
