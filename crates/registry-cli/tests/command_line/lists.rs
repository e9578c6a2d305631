//! Lists: longer than one page, in both directions, and the examples of their help.

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use serde_json::Value;

use crate::sandbox::Sandbox;

/// More than two pages of those that are printed one by one.
const MANY: usize = 1_203;

#[test]
fn everything_comes_once_in_every_form() {
    let sandbox = Sandbox::with_many(MANY);
    let whole = sandbox.json("list --all");
    let models = whole["models"].as_array().unwrap();
    assert_eq!((models.len(), &whole["next"]), (MANY, &Value::Null));
    let ids: std::collections::BTreeSet<i64> = models
        .iter()
        .map(|model| model["model_id"].as_i64().unwrap())
        .collect();
    assert_eq!(ids.len(), MANY);
    assert_eq!(
        sandbox.ok("list --limit -1 --json"),
        sandbox.ok("list --all --json")
    );

    let lines = sandbox.ok("list --all --format jsonl");
    let first: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!((lines.lines().count(), &first), (MANY, &models[0]));

    let csv = sandbox.ok("list --all --format csv --columns id,version --sort id");
    assert_eq!(csv.lines().count(), MANY + 1);
    assert_eq!(csv.matches("id,version").count(), 1);
    assert!(csv.ends_with(&format!("{MANY},1.{}.0\n", MANY - 1)), "{csv}");

    let table = sandbox.ok("list --all --sort id");
    assert_eq!(table.matches("Model ID").count(), 1);
    assert!(table.ends_with("\n\nTotal: 1,203 model(s)\n"));
    assert_eq!(table.lines().count(), MANY + 4);
}

#[test]
fn children_of_nobody_are_not_found_but_may_be_searched_for() {
    let sandbox = Sandbox::with_models();
    for line in [
        "list --parent 999",
        "list --parent 999 --count",
        "search --parent 999 name=gpt",
    ] {
        let ran = sandbox.run(&format!("{line} --json"));
        assert_eq!(ran.status, 3, "{line}: {ran:?}");
        assert_eq!(ran.error()["code"], "model_not_found", "{line}");
    }
    assert_eq!(sandbox.json("list --parent 1")["models"][0]["model_id"], 2);
    assert_eq!(sandbox.json("list --parent 3")["models"], serde_json::json!([]));
    let found = sandbox.args(&["list", "--where", "parent = 999", "--json"]);
    assert_eq!(found.status, 0, "{found:?}");
}

#[test]
fn a_limit_beyond_a_page_is_kept() {
    let sandbox = Sandbox::with_many(MANY);
    let page = sandbox.json("list --limit 700 --sort metrics.loss");
    assert_eq!(page["models"].as_array().unwrap().len(), 700);
    let next = page["next"].as_str().unwrap();
    let rest = sandbox.json(&format!("list --all --sort metrics.loss --cursor {next}"));
    assert_eq!(rest["models"].as_array().unwrap().len(), MANY - 700);
    assert_eq!(rest["next"], Value::Null);
    assert!(rest["previous"].is_string());
    let shown = sandbox.ok("list --limit 700");
    assert!(shown.ends_with("\nShowing 700 of 1,203 models\n"), "{shown}");
}

#[test]
fn pages_lead_there_and_back() {
    let sandbox = Sandbox::with_many(20);
    let page = |more: &str| sandbox.json(&format!("list --limit 6 --sort name,version {more}"));
    let first = page("");
    assert_eq!(first["previous"], Value::Null);
    let second = page(&format!("--cursor {}", first["next"].as_str().unwrap()));
    let third = page(&format!("--cursor {}", second["next"].as_str().unwrap()));
    let back = page(&format!("--cursor {}", third["previous"].as_str().unwrap()));
    assert_eq!(back["models"], second["models"]);
    let start = page(&format!("--cursor {}", back["previous"].as_str().unwrap()));
    assert_eq!(start["models"], first["models"]);
    assert_eq!(start["previous"], Value::Null);

    let cursor = third["previous"].as_str().unwrap();
    let all = sandbox.run(&format!("list --all --sort name,version --cursor {cursor}"));
    assert_eq!(all.status, 2, "{all:?}");
    assert!(all.err.contains("leave out --all"), "{all:?}");
}

#[test]
fn names_and_versions_page_by_page() {
    let sandbox = Sandbox::with_many(MANY);
    let names = sandbox.json("names");
    assert_eq!(names["names"].as_array().unwrap().len(), 7);
    let all = sandbox.json("versions m3 --all");
    let versions = all["versions"].as_array().unwrap();
    assert_eq!(versions.len(), 172);
    assert_eq!(versions[0]["version"], "1.1200.0");
    let page = sandbox.json("versions m3 --limit 100");
    let next = page["next"].as_str().unwrap();
    let rest = sandbox.json(&format!("versions m3 --after {next}"));
    assert_eq!(rest["versions"][0], versions[100]);
}

#[test]
fn the_whole_history_is_one_document() {
    let sandbox = Sandbox::with_many(MANY);
    let history = sandbox.json("history --all");
    assert_eq!(history["events"].as_array().unwrap().len(), MANY);
    assert_eq!(history["next"], Value::Null);
    assert_eq!(sandbox.ok("history --limit -1").matches("Event ").count(), 1);
}

/// The reader takes a line and goes: the rest is neither read nor complained about.
#[test]
fn a_reader_who_goes_away_ends_the_list_quietly() {
    let sandbox = Sandbox::with_many(MANY);
    for line in ["list --all --json", "list --all --format csv", "history --all"] {
        let mut command = sandbox.command();
        let mut child = command
            .args(line.split_whitespace())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut first).unwrap();
        drop(out);
        let mut err = String::new();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        assert_eq!(
            (child.wait().unwrap().code(), err.as_str()),
            (Some(0), ""),
            "{line}"
        );
        assert!(!first.is_empty());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    let sandbox = Sandbox::with_models();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = sandbox.command();
    let ran = command
        .args(["list", "--all", "--json"])
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(ran.status.code(), Some(1));
    let told = String::from_utf8(ran.stderr).unwrap();
    assert!(told.contains("the answer could not be printed"), "{told}");
}

#[test]
fn the_examples_of_the_language_run() {
    let sandbox = Sandbox::with_models();
    let help = sandbox.ok("help search");
    let examples: Vec<&str> = help
        .lines()
        .filter_map(|line| line.strip_prefix("  registry-cli "))
        .collect();
    assert!(examples.len() >= 8, "{help}");
    for example in examples {
        let arguments = words(example);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let ran = sandbox.args(&arguments);
        assert_eq!(ran.status, 0, "{example}: {ran:?}");
    }
}

/// The words of a command line with single quotes.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![];
    for (at, part) in line.split('\'').enumerate() {
        if at % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}
