//! The program about itself: help, version, completions, manual pages; and the forms of lists.

use crate::sandbox::Sandbox;

#[test]
fn help_and_version_are_answers() {
    let sandbox = Sandbox::new();
    assert!(sandbox.ok("--version").starts_with("registry-cli "));
    assert!(sandbox.ok("--help").contains("Exit status: 0 done"));
    assert!(sandbox.ok("help promote").contains("--expect"));
    assert!(sandbox.ok("register --help").contains("--parent-model-id"));
}

#[test]
fn completions_and_manual_pages_are_made() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(
            sandbox
                .ok(&format!("completions {shell}"))
                .contains("registry-cli"),
            "{shell}"
        );
    }
    assert!(sandbox.ok("man").contains(".TH registry-cli"));
    let page = sandbox.json("man");
    assert!(page["page"].as_str().unwrap().contains(".TH registry-cli"));
    let completions = sandbox.json("completions fish");
    assert_eq!(completions["shell"], "fish");
    assert!(
        completions["script"]
            .as_str()
            .unwrap()
            .contains("complete -c registry-cli")
    );
    let files = sandbox.json("man --out pages");
    assert!(files["files"].as_array().unwrap().len() > 25);
    assert!(sandbox.path("pages/registry-cli-promote.1").exists());
}

#[test]
fn lists_have_four_forms_and_pages() {
    let sandbox = Sandbox::with_models();
    assert!(sandbox.ok("list").contains("Total: 3 model(s)"));
    assert!(
        sandbox
            .ok("list --format csv")
            .starts_with("model_id,name,version")
    );
    assert_eq!(sandbox.ok("list --format jsonl").lines().count(), 3);
    let first = sandbox.json("list --limit 2");
    let next = first["next"].as_str().unwrap();
    let second = sandbox.json(&format!("list --limit 2 --cursor {next}"));
    assert_eq!(second["models"][0]["model_id"], 1);
    assert!(second["next"].is_null());
    assert_eq!(
        sandbox.json("list --limit 0")["models"].as_array().unwrap().len(),
        0
    );
    assert_eq!(
        sandbox.json("list --metric loss --max 0.3")["models"][0]["model_id"],
        2
    );
    assert_eq!(
        sandbox.json("list --parent gpt@1.0.0")["models"][0]["model_id"],
        2
    );
    assert_eq!(sandbox.run("list --min 1").status, 2);
    assert_eq!(sandbox.run("list --metric loss --min nan").status, 2);
}

#[test]
fn missing_models_are_left_out_of_a_comparison() {
    let sandbox = Sandbox::with_models();
    let ran = sandbox.run("compare 1 99 gpt@9.0.0 2");
    assert_eq!(ran.status, 0);
    let warnings: Vec<&str> = ran.err.lines().collect();
    assert_eq!(
        warnings,
        [
            "warning: no model fits `99`; it is left out",
            "warning: no model fits `gpt@9.0.0`; it is left out"
        ]
    );
    let json = sandbox.json("compare 1 99 gpt@9.0.0 2");
    assert_eq!(json["missing"], serde_json::json!(["99", "gpt@9.0.0"]));
    assert_eq!(json["models"].as_array().unwrap().len(), 2);
    assert_eq!(sandbox.run("compare 98 99").status, 3);
}
