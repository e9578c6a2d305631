//! `register --from`: all or none, and every bad line by its number.

use serde_json::Value;

use crate::sandbox::Sandbox;

fn line(name: &str, extra: &str) -> String {
    format!(
        r#"{{"name":"{name}","version":"1.0.0","checkpoint_path":"a.pt","task_type":"t","config":{{"a":1}}{extra}}}"#
    )
}

#[test]
fn lines_may_name_each_other_as_parents() {
    let sandbox = Sandbox::new();
    let text = format!(
        "{}\n\n{}\n",
        line("child", r#","parent_model_id":70"#),
        line("parent", r#","model_id":70"#)
    );
    let ran = sandbox.fed("register --from - --json", &text);
    assert_eq!(ran.status, 0, "{ran:?}");
    let child = sandbox.json("get child");
    assert_eq!(child["parent_model_id"], sandbox.json("get parent")["model_id"]);
    let answer: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(answer["models"].as_array().unwrap().len(), 2);
}

#[test]
fn one_bad_line_refuses_all_and_every_bad_line_is_named() {
    let sandbox = Sandbox::with_models();
    let text = [
        line("fresh", ""),
        String::new(),
        "{ not json".into(),
        line("gpt", ""),
        line("gone", r#","checkpoint":"x""#),
        line("orphan", r#","parent":"nobody@1.0.0""#),
    ]
    .join("\r\n");
    std::fs::write(sandbox.path("models.jsonl"), text).unwrap();
    let ran = sandbox.run("register --from models.jsonl --json");
    assert_eq!(ran.status, 2, "{ran:?}");
    let error = ran.error();
    assert_eq!(error["code"], "bulk_refused");
    let lines: Vec<(i64, &str)> = error["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line["line"].as_i64().unwrap(), line["code"].as_str().unwrap()))
        .collect();
    assert_eq!(
        lines,
        [
            (3, "invalid_registration"),
            (4, "model_exists"),
            (5, "invalid_registration"),
            (6, "parent_not_found"),
        ]
    );
    assert_eq!(sandbox.run("get fresh").status, 3);
}

#[test]
fn a_list_feeds_another_registry() {
    let sandbox = Sandbox::with_models();
    sandbox.ok("add-export 1 --format onnx --path m.onnx");
    sandbox.ok("retire 3");
    let list = sandbox.ok("list --status all --limit -1 --format jsonl");
    let ran = sandbox.fed("register --from - --db copy.db", &list);
    assert_eq!(ran.status, 0, "{ran:?}");
    let fields = |db: &str, model: &str| {
        let mut value = sandbox.json(&format!("get {model} --db {db}"));
        let model = value.as_object_mut().unwrap();
        for assigned in [
            "model_id",
            "parent_model_id",
            "created_at",
            "updated_at",
            "created_by",
            "ordinal",
        ] {
            model.remove(assigned);
        }
        for export in model["exports"].as_array_mut().unwrap() {
            export["created_at"] = Value::Null;
        }
        value
    };
    for model in ["gpt@1.0.0", "gpt@1.1.0", "vision@1.0.0"] {
        assert_eq!(
            fields("copy.db", model),
            fields("model_registry.db", model),
            "{model}"
        );
    }
    assert_eq!(
        sandbox.json("lineage gpt --db copy.db")["nodes"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn a_missing_checkpoint_is_refused_unless_it_may_be_missing() {
    let sandbox = Sandbox::new();
    let text = line("far", "").replace("a.pt", "s3://bucket/far.pt");
    let refused = sandbox.fed("register --from -", &text);
    assert_eq!(refused.status, 2);
    assert!(
        refused
            .err
            .contains("line 1: Checkpoint not found: s3://bucket/far.pt"),
        "{refused:?}"
    );
    assert!(!sandbox.path("model_registry.db").exists());
    assert_eq!(sandbox.fed("register --from - --allow-missing", &text).status, 0);
}

#[test]
fn a_path_keeps_its_absolute_form_though_its_file_is_missing() {
    let sandbox = Sandbox::with_models();
    let typed = "runs/far.pt";
    let folder = std::fs::canonicalize(sandbox.path(".")).unwrap();
    let absolute = folder.join(typed);
    let register = "register --name far --version 1.0.0 --task-type t --config-hash h --allow-missing";
    let far = line("far-too", "").replace("a.pt", typed);
    let answers = [
        sandbox.json(&format!("{register} --checkpoint {typed}")),
        sandbox.json(&format!("update 1 --checkpoint {typed} --allow-missing")),
        {
            let ran = sandbox.fed("register --from - --allow-missing", &far);
            assert_eq!(ran.status, 0, "{ran:?}");
            sandbox.json("get far-too")
        },
    ];
    for model in answers {
        assert_eq!(model["checkpoint_path"], typed);
        assert_eq!(model["checkpoint_absolute"], absolute.to_str().unwrap());
        assert_eq!(model["size_bytes"], Value::Null);
    }
    // It was never here, so that it isn't here is no fault.
    let report = sandbox.json("doctor");
    assert_eq!(report["healthy"], true, "{report}");
    assert_eq!(report["findings"][0]["code"], "checkpoint_missing");
    let url = sandbox.json(&format!("{register} --checkpoint s3://b/far.pt").replace("1.0.0", "1.1.0"));
    assert_eq!(url["checkpoint_absolute"], Value::Null);
}

#[test]
fn an_empty_file_registers_nothing() {
    let sandbox = Sandbox::new();
    let ran = sandbox.fed("register --from -", "\n\n");
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(ran.out.starts_with("registered 0 model(s)"));
}

#[test]
fn a_refused_line_is_told_with_its_hint() {
    let sandbox = Sandbox::new();
    let text = [
        line("gpt", "").replace("1.0.0", "v1"),
        line("gpt", r#","metrics":{"loss":"low"}"#),
        line("gpt", "").replace(r#"{"a":1}"#, r#"{"a":NaN}"#),
        line("gpt@", ""),
    ]
    .join("\n");
    let ran = sandbox.fed("register --from -", &text);
    assert_eq!(ran.status, 2);
    for words in [
        "  line 1: invalid version `v1`: ",
        "\n    hint: write a semantic version",
        "  line 2: invalid metrics `loss`: its value \"low\" is not a number\n    hint: metrics are",
        "; NaN and Infinity have no place in JSON\n    hint: ",
        "  line 4: invalid model name `gpt@`: ",
    ] {
        assert!(ran.err.contains(words), "{words}: {}", ran.err);
    }
    for noise in ["RegistrationLine", "at line 1", "\\\""] {
        assert!(!ran.err.contains(noise), "{noise}: {}", ran.err);
    }
    let error = sandbox.fed("register --from - --json", &text).error();
    let codes: Vec<&str> = error["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["code"].as_str().unwrap())
        .collect();
    assert_eq!(
        codes,
        [
            "invalid_version",
            "invalid_metrics",
            "invalid_registration",
            "invalid_name"
        ]
    );
}

#[test]
fn what_any_write_answers_is_a_line() {
    let sandbox = Sandbox::with_models();
    let writes = [
        "register --name gpt --bump major --checkpoint a.pt --task-type t --config-hash h --tags production",
        "promote gpt@1.1.0 --tag production",
        "promote gpt@1.0.0 --tag production --dry-run",
        "tag gpt@1.0.0 production",
        "untag gpt@1.0.0 production",
        "promote gpt@1.0.0 --tag production",
        "rollback --tag production",
        "update gpt@1.0.0 --notes better",
        "add-export gpt@1.0.0 --format onnx --path m.onnx",
        "exports remove gpt@1.0.0 --format onnx --dry-run",
        "retire gpt@1.0.0",
        "restore gpt@1.0.0",
        "delete gpt@1.0.0 --force",
    ];
    for write in writes {
        let ran = sandbox.run(&format!("{write} --json"));
        assert_eq!(ran.status, 0, "{write}: {ran:?}");
        let mut model: Value = serde_json::from_str(&ran.out).unwrap();
        // Its parent stays where it is.
        model["parent_model_id"] = Value::Null;
        let copied = sandbox.fed("register --from - --db copy.db --dry-run", &model.to_string());
        assert_eq!(copied.status, 0, "{write}: {copied:?}");
    }
}

#[test]
fn chunks_before_a_refused_line_stay_registered() {
    let sandbox = Sandbox::with_models();
    let text = [
        line("first", ""),
        String::new(),
        line("second", ""),
        line("third", ""),
        line("gpt", ""),
    ]
    .join("\n");
    let ran = sandbox.fed("register --from - --chunk-size 2 --json", &text);
    assert_eq!(ran.status, 1, "{ran:?}");
    let error = ran.error();
    assert_eq!(error["code"], "bulk_stopped");
    let message = error["message"].as_str().unwrap();
    assert!(message.starts_with("the first 2 of 4 registrations were made, and then 1 were refused"));
    // The number is that of the file, where one line is empty.
    assert_eq!(error["lines"][0]["line"], 5);
    assert_eq!(sandbox.run("get second").status, 0);
    assert_eq!(sandbox.run("get third").status, 3);
}
