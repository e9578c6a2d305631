//! The command lines of the original tool, as they were typed.

use serde_json::json;

use crate::sandbox::Sandbox;

#[test]
fn the_command_lines_of_the_original_work_as_typed() {
    let sandbox = Sandbox::new();
    let register = [
        "register",
        "--name",
        "gpt-small",
        "--version",
        "1.0.0",
        "--checkpoint",
        "a.pt",
        "--task-type",
        "language_modeling",
        "--metrics",
        r#"{"val_loss": 0.38, "perplexity": 1.46}"#,
        "--config",
        r#"{"d_model": 768, "num_layers": 12, "vocab_size": 50257}"#,
        "--export-formats",
        r#"["onnx", "torchscript"]"#,
        "--model-size-mb",
        "500.5",
        "--memory-req-gb",
        "2.5",
        "--training-run-id",
        "42",
        "--metadata",
        r#"{"author": "team"}"#,
        "--tags",
        "baseline,experimental",
    ];
    let ran = sandbox.args(&register);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(ran.out.contains("registered gpt-small@1.0.0 as id 1"));
    let model = sandbox.json("get --model-id 1");
    assert_eq!(
        model["config_hash"],
        "0a2a71c18616b9bff1c8f8fb4ce4c2f4ac2358f507acf10e5d35c64237d35f44"
    );
    assert_eq!(model["tags"], json!(["baseline", "experimental"]));
    assert_eq!(model["export_formats"], json!(["onnx", "torchscript"]));
    assert_eq!(model["metrics"], json!({ "val_loss": 0.38, "perplexity": 1.46 }));
    assert_eq!(model["model_size_mb"], 500.5);

    let child = "--checkpoint a.pt --task-type language_modeling --config-hash h --parent-model-id 1";
    sandbox.ok(&format!("register --name gpt-small --version 1.1.0 {child}"));
    for line in [
        "list",
        "list --task-type language_modeling --tag baseline --status active --limit 5 -v",
        "get --name gpt-small --version 1.0.0",
        "get --tag baseline",
        "promote --model-id 2 --tag production",
        "promote --model-id 1 --tag production --keep-others",
        "compare --model-ids 1,2 --metrics val_loss,perplexity",
        "compare --model-ids 1 2",
        "lineage --model-id 2",
        "add-export --model-id 1 --format onnx --path model.onnx --metadata {\"opset\":17}",
        "retire --model-id 1",
        "delete --model-id 1 --force",
    ] {
        assert!(!sandbox.ok(line).is_empty(), "{line}");
    }
}

#[test]
fn a_model_is_the_fifteen_fields_of_the_original_first() {
    let sandbox = Sandbox::with_models();
    let model = sandbox.json("get 1");
    let fields: Vec<&str> = model.as_object().unwrap().keys().map(String::as_str).collect();
    let original = [
        "model_id",
        "name",
        "version",
        "checkpoint_path",
        "task_type",
        "config_hash",
        "training_run_id",
        "parent_model_id",
        "created_at",
        "metrics",
        "export_formats",
        "model_size_mb",
        "memory_req_gb",
        "metadata",
        "status",
        "tags",
        "exports",
        "ordinal",
    ];
    assert_eq!(fields[..original.len()], original);
}

#[test]
fn tags_are_trimmed_and_empty_ones_dropped() {
    let sandbox = Sandbox::new();
    let plain = [
        "register",
        "--name",
        "a",
        "--bump",
        "major",
        "--checkpoint",
        "a.pt",
        "--task-type",
        "t",
    ];
    let rest = ["--config-hash", "h", "--tags", " best,, baseline ,"];
    let ran = sandbox.args(&[&plain[..], &rest[..]].concat());
    assert_eq!(ran.status, 0, "{ran:?}");
    assert_eq!(sandbox.json("get a@1.0.0")["tags"], json!(["baseline", "best"]));
}
