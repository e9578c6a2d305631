//! What the writes answer, and rehearsals.

use serde_json::{Value, json};

use crate::sandbox::Sandbox;

#[test]
fn every_write_answers_the_model() {
    let sandbox = Sandbox::with_models();
    for (line, id) in [
        (
            "register --name b --bump minor --checkpoint a.pt --task-type t --config-hash h",
            4,
        ),
        ("promote 1 --tag production", 1),
        ("promote 2 --tag production", 2),
        ("rollback --tag production", 1),
        ("tag 2 best", 2),
        ("untag 2 best", 2),
        ("retire 3", 3),
        ("restore 3", 3),
        ("update 3 --notes x", 3),
        ("add-export 3 --format onnx --path v.onnx", 3),
        ("exports add 3 --format onnx --path w.onnx", 3),
        ("exports remove 3 --format onnx --yes", 3),
        ("delete 3 --yes", 3),
    ] {
        assert_eq!(sandbox.json(line)["model_id"], id, "{line}");
    }
}

#[test]
fn a_write_with_a_key_is_made_once() {
    let sandbox = Sandbox::with_models();
    let plain = "--checkpoint a.pt --task-type t --config-hash h --tags new";
    for (place, line) in [
        &*format!("register --name b --bump minor {plain}"),
        "promote 1 --tag production",
        "promote 2 --tag production",
        "rollback --tag production",
        "tag 2 best",
        "untag 2 best",
        "retire 3",
        "restore 3",
        "update 3 --notes x",
        "add-export 3 --format onnx --path v.onnx",
        "exports remove 3 --format onnx --yes",
        "delete 3 --yes",
        "settings set promotion-scope name",
    ]
    .into_iter()
    .enumerate()
    {
        let line = format!("{line} --idempotency-key key-{place}");
        let answer = sandbox.json(&line);
        let events = sandbox.json("history --limit -1");
        assert_eq!(sandbox.json(&line), answer, "{line}");
        assert_eq!(sandbox.json("history --limit -1"), events, "{line}");
        let again = sandbox.run(&line);
        assert!(again.err.contains("done before"), "{again:?}");
        let reused = sandbox.run(&format!("{line} --reason other --json"));
        assert_eq!(reused.status, 4, "{reused:?}");
        assert!(reused.err.contains("idempotency_key_reused"), "{reused:?}");
    }
    let bad = sandbox.args(&["retire", "2", "--json", "--idempotency-key", "a b"]);
    assert_eq!(bad.status, 2);
    assert!(bad.err.contains("invalid_idempotency_key"), "{bad:?}");
}

#[test]
fn an_import_goes_on_where_it_stopped() {
    let sandbox = Sandbox::with_models();
    let line = |version: &str| {
        format!(
            r#"{{"name": "many", "version": "{version}", "checkpoint_path": "a.pt", "task_type": "t", "config_hash": "h"}}"#
        )
    };
    let write = |versions: [&str; 4]| {
        std::fs::write(sandbox.path("m.jsonl"), versions.map(line).join("\n")).unwrap();
    };
    let import = "register --from m.jsonl --chunk-size 2 --idempotency-key import";
    write(["1.0.0", "1.1.0", "1.2.0", "1.1.0"]);
    assert!(
        sandbox
            .run(&format!("{import} --json"))
            .err
            .contains("bulk_stopped")
    );
    write(["1.0.0", "1.1.0", "1.2.0", "1.3.0"]);
    let models = sandbox.json(import);
    assert_eq!(models["models"].as_array().unwrap().len(), 4);
    assert_eq!(sandbox.json(import), models);
    let other = sandbox.run(&format!("{} --json", import.replace(" 2 ", " 3 ")));
    assert!(other.err.contains("idempotency_key_reused"), "{other:?}");
}

#[test]
fn writes_answer_what_else_happened() {
    let sandbox = Sandbox::with_models();
    let promoted = sandbox.json("promote 1 --tag production");
    assert_eq!(
        (&promoted["lost"], &promoted["changed"]),
        (&json!([]), &json!(true))
    );
    let moved = sandbox.run("promote vision --tag production");
    assert!(moved.out.contains("taken from gpt@1.0.0 (id 1)"), "{moved:?}");
    assert!(
        moved.err.contains("--scope name"),
        "another name lost it: {moved:?}"
    );
    let again = sandbox.json("promote vision --tag production");
    assert_eq!(again["changed"], false);

    let labelled = sandbox.run("tag 1 production");
    let kept = "; vision@1.0.0 (id 3) keeps its promotion";
    assert!(labelled.out.contains(kept), "{labelled:?}");
    let plain = "--checkpoint a.pt --task-type t --config-hash h --tags production";
    let registered = sandbox.run(&format!("register --name late --version 1.0.0 {plain}"));
    assert!(registered.out.contains(kept), "{registered:?}");

    let deleted = sandbox.json("delete 1 --force");
    assert_eq!(deleted["orphans"][0]["model_id"], 2);
}

#[test]
fn a_rehearsal_changes_nothing_and_says_so() {
    let sandbox = Sandbox::with_models();
    sandbox.ok("promote 1 --tag production");
    sandbox.ok("promote 2 --tag production");
    sandbox.ok("add-export 1 --format onnx --path a.onnx");
    let everything = |sandbox: &Sandbox| -> (Value, Value, Value) {
        let list = sandbox.json("list --status all");
        (list, sandbox.json("history --limit -1"), sandbox.json("settings"))
    };
    let before = everything(&sandbox);
    for line in [
        "register --name b --version 1.0.0 --checkpoint a.pt --task-type t --config-hash h",
        "promote 3 --tag production",
        "rollback --tag production",
        "tag 3 best",
        "untag 2 production",
        "retire 3",
        "update 3 --notes x",
        "delete 3",
        "delete 1 --force",
        "add-export 3 --format onnx --path v.onnx",
        "exports remove 1 --format onnx",
        "settings set promotion-scope name",
    ] {
        let told = sandbox.ok(&format!("{line} --dry-run"));
        assert!(told.starts_with("dry run: nothing was changed"), "{line}: {told}");
        assert_eq!(
            sandbox.json(&format!("{line} --dry-run"))["dry_run"],
            true,
            "{line}"
        );
    }
    assert_eq!(everything(&sandbox), before);
}

#[test]
fn what_goes_for_good_is_named_and_asked_for() {
    let sandbox = Sandbox::with_models();
    for path in ["a.onnx", "b.onnx"] {
        sandbox.ok(&format!("add-export 3 --format onnx --path {path}"));
    }
    let places = "onnx (a.onnx), onnx (b.onnx)";
    for line in ["exports remove 3 --format onnx", "delete 3"] {
        let asked = sandbox.run(line);
        assert_eq!(asked.status, 2, "{line}: {asked:?}");
        assert!(
            asked.err.starts_with("error: there is no terminal to ask on: "),
            "{line}"
        );
        assert!(asked.err.contains(places), "{line}: {asked:?}");
        assert_eq!(
            sandbox.run(&format!("{line} --json")).error()["code"],
            "confirmation_needed"
        );
    }
    assert_eq!(
        sandbox.json("exports list 3")["exports"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    for line in [
        "exports remove 3 --format onnx --dry-run",
        "delete 3 --force --dry-run",
    ] {
        assert!(sandbox.ok(line).contains(places), "{line}");
    }
    assert!(
        sandbox
            .ok("exports remove 3 --format onnx --path a.onnx --yes")
            .contains("onnx (a.onnx)")
    );
    assert!(
        sandbox
            .ok("delete 3 --yes")
            .contains("its exports went with it: onnx (b.onnx)")
    );
    // What isn't there is refused before anybody is asked.
    assert_eq!(sandbox.run("exports remove 1 --format onnx").status, 3);
}

#[test]
fn an_export_added_twice_changes_nothing() {
    let sandbox = Sandbox::with_models();
    let add = "add-export 1 --format onnx --path a.onnx --metadata {\"opset\":17}";
    assert!(sandbox.ok(add).starts_with("added "));
    let before = sandbox.json("history");
    assert!(sandbox.ok(add).contains("already; nothing changed"));
    assert_eq!(sandbox.json("history"), before);
    assert!(
        sandbox
            .ok("add-export 1 --format onnx --path a.onnx")
            .starts_with("updated ")
    );
}

#[test]
fn nothing_is_its_own_parent() {
    let sandbox = Sandbox::with_models();
    let ran = sandbox.run("update 1 --parent 1");
    assert_eq!(ran.status, 4, "{ran:?}");
    assert!(
        ran.err
            .starts_with("error: gpt@1.0.0 (id 1) cannot be its own parent\n"),
        "{ran:?}"
    );
}

#[test]
fn a_rehearsed_registration_makes_no_file() {
    let sandbox = Sandbox::new();
    sandbox.ok("register --name a --version 1.0.0 --checkpoint a.pt --task-type t --config-hash h --dry-run");
    assert!(!sandbox.path("model_registry.db").exists());
}

#[test]
fn an_update_sets_merges_and_empties() {
    let sandbox = Sandbox::with_models();
    sandbox.ok("update 1 --metrics {\"bleu\":30,\"loss\":null} --metadata {\"a\":{\"b\":1}} --notes n --memory-req-gb 2");
    let model = sandbox.json("update 1 --metadata {\"a\":{\"c\":2}} --clear notes,memory-req-gb");
    assert_eq!(model["metrics"], json!({ "bleu": 30.0 }));
    assert_eq!(model["metadata"], json!({ "a": { "b": 1, "c": 2 } }));
    assert_eq!(
        (&model["notes"], &model["memory_req_gb"]),
        (&Value::Null, &Value::Null)
    );
    let model = sandbox.json("update 1 --replace-metrics {\"loss\":1} --replace-metadata {} --parent vision");
    assert_eq!(model["metrics"], json!({ "loss": 1.0 }));
    assert_eq!(
        (&model["metadata"], &model["parent_model_id"]),
        (&json!({}), &json!(3))
    );
    assert_eq!(sandbox.run("update 1 --notes x --clear notes").status, 2);
    assert_eq!(sandbox.run("update 3 --parent 1").status, 4, "a cycle");
}

#[test]
fn history_names_actor_and_reason() {
    let sandbox = Sandbox::with_models();
    sandbox.ok("tag 1 best --reason because --actor alice");
    let event = &sandbox.json("history --tag best")["events"][0];
    assert_eq!(
        (&event["actor"], &event["reason"]),
        (&json!("alice"), &json!("because"))
    );
    let first = sandbox.json("history 1 --limit -1");
    assert_eq!(first["events"][1]["actor"], "tester", "from REGISTRY_ACTOR");
}

#[test]
fn promotions_compare_and_set() {
    let sandbox = Sandbox::with_models();
    sandbox.ok("promote 1 --tag production --expect none");
    assert_eq!(sandbox.run("promote 3 --tag production --expect none").status, 4);
    assert_eq!(
        sandbox
            .run("promote 3 --tag production --expect gpt@1.1.0")
            .status,
        4
    );
    sandbox.ok("promote 3 --tag production --expect :production");
    sandbox.ok("settings set promotion-scope name");
    assert_eq!(sandbox.ok("settings get promotion-scope").trim(), "name");
    assert_eq!(sandbox.json("promote 1 --tag production")["lost"], json!([]));
}

#[test]
fn a_label_says_whom_its_tag_finds_now() {
    let sandbox = Sandbox::with_models();
    sandbox.ok("promote 1 --tag production");
    let found = || sandbox.json("get :production")["model_id"].clone();

    let rehearsed = sandbox.json("tag 2 production --dry-run");
    assert_eq!(rehearsed["holder"]["model_id"], 2);
    assert_eq!(found(), 1);

    let tagged = sandbox.json("tag 2 production");
    assert_eq!(tagged["promoted_holder"]["model_id"], 1);
    assert_eq!(tagged["holder"]["model_id"], found());

    sandbox.ok("promote 1 --tag production --keep-others");
    let again = sandbox.run("tag 2 production");
    assert!(again.out.contains("nothing was changed"), "{again:?}");
    assert!(
        again.out.contains("`:production` still finds gpt@1.0.0 (id 1)"),
        "{again:?}"
    );
    assert_eq!(sandbox.json("tag 2 production")["holder"]["model_id"], found());

    sandbox.ok("retire 3");
    let retired = sandbox.run("tag 3 production");
    assert!(
        retired.out.contains("still finds gpt@1.0.0 (id 1)"),
        "{retired:?}"
    );
    assert_eq!(sandbox.json("tag 3 production")["holder"]["model_id"], found());

    let plain = "--checkpoint a.pt --task-type t --config-hash h --tags production";
    let registered = sandbox.json(&format!("register --name gpt --version 2.0.0-dev {plain}"));
    let held = &registered["promoted_holders"][0];
    assert_eq!(held["model"]["model_id"], 1);
    assert_eq!(held["holder"]["model_id"], found());
    assert_eq!(found(), registered["model_id"]);
}

#[test]
fn of_many_labels_the_tag_finds_the_last() {
    let sandbox = Sandbox::with_models();
    sandbox.ok("promote 1 --tag production");
    let line = |version: &str, more: &str| {
        format!(
            r#"{{"name":"b","version":"{version}","checkpoint":"a.pt","task_type":"t","config_hash":"h","tags":["production"]{more}}}"#
        )
    };
    let lines = [
        line("1.0.0", ""),
        line("1.1.0", ""),
        line("1.2.0", r#","status":"retired""#),
    ]
    .join("\n");
    let ran = sandbox.fed("register --from - --json", &lines);
    let answer: Value = serde_json::from_str(&ran.out).unwrap();
    let found = sandbox.json("get :production")["version"].clone();
    assert_eq!(found, "1.1.0");
    for model in answer["models"].as_array().unwrap() {
        assert_eq!(
            model["promoted_holders"][0]["holder"]["version"], found,
            "{model}"
        );
    }
}
