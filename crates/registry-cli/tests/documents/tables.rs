//! The guide's tables are complete: error codes with their exit status, the fields of a model, the commands.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::markdown::{Block, Document};
use crate::root;
use crate::sandbox::Sandbox;

#[test]
fn every_error_code_is_in_the_reference_with_its_exit_status() {
    let source = |path: &str| fs::read_to_string(root().join("crates").join(path)).unwrap();
    let words = source("registry-core/src/error/text.rs");
    let categories = source("registry-core/src/error.rs");
    let kinds = source("registry-core/src/error/invalid.rs");

    // The codes of the command line's own failures.
    let mut codes: BTreeMap<String, u8> = [
        ("usage", 2),
        ("confirmation_needed", 2),
        ("server_missing", 2),
        ("exec_failed", 1),
        ("output", 1),
    ]
    .map(|(code, status)| (code.to_owned(), status))
    .into();
    let exits = exits(&categories);
    for arm in between(&words, "fn code(", "\n}").split("Error::").skip(1) {
        // The kinds of invalid values bring their own codes.
        let Some(code) = arm.split('"').nth(1) else {
            continue;
        };
        codes.insert(code.to_owned(), exits[&word(arm)]);
    }
    let invalid = kinds
        .lines()
        .filter_map(|line| line.split('"').find(|part| part.starts_with("invalid_")));
    codes.extend(invalid.map(|code| (code.to_owned(), 2)));
    assert!(codes.len() > 50, "the sources are read wrong: {codes:?}");

    let shown = rows("reference.md", "## Errors and their codes");
    let shown: BTreeMap<String, u8> = shown
        .iter()
        .map(|row| (unquoted(&row[0]), row[1].parse().expect("an exit status")))
        .collect();
    assert_eq!(shown, codes);
}

#[test]
fn every_field_of_a_model_is_in_the_reference() {
    let sandbox = Sandbox::new();
    sandbox.set_up(
        "registry-cli register --name a --version 1.0.0 --checkpoint a.pt --allow-missing --task-type t \
         --metrics '{}' --config '{}' > /dev/null",
        "the test",
    );
    let model = sandbox.run("registry-cli get 1 --json").output;
    let model: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&model).unwrap();
    let fields: Vec<String> = model.keys().cloned().collect();
    let shown: Vec<String> = rows("reference.md", "## A model as JSON")
        .iter()
        .map(|row| unquoted(&row[0]))
        .collect();
    assert_eq!(shown, fields);
}

#[test]
fn every_finding_of_the_doctor_is_in_the_guide() {
    let mut codes = BTreeSet::new();
    let folders = [
        "crates/registry-core/src/doctor",
        "crates/registry-sqlite/src/doctor",
        "crates/registry-postgres/src/doctor",
    ];
    let files = folders.map(|folder| fs::read_dir(root().join(folder)).unwrap());
    for file in files.into_iter().flatten() {
        let source = fs::read_to_string(file.unwrap().path()).unwrap();
        for call in ["report.problem(", "report.notice("] {
            let calls = source.split(call).skip(1);
            codes.extend(
                calls.filter_map(|rest| {
                    Some(rest.trim_start().strip_prefix('"')?.split_once('"')?.0.to_owned())
                }),
            );
        }
    }
    assert!(codes.len() > 10, "the sources are read wrong: {codes:?}");
    let shown = rows("operations.md", "### Doctor");
    let shown: BTreeSet<String> = shown
        .iter()
        .flat_map(|row| row[0].split(", ").map(unquoted).collect::<Vec<_>>())
        .collect();
    assert_eq!(shown, codes);
}

#[test]
fn every_command_is_shown_in_the_guide() {
    let help = Sandbox::new().run("registry-cli help").output;
    let commands = commands(&help);
    assert!(commands.len() > 20, "the help is read wrong: {help}");

    let mut shown = String::new();
    for name in [
        "MODEL_REGISTRY.md",
        "operations.md",
        "reference.md",
        "server.md",
        "team.md",
        "webhooks.md",
    ] {
        for block in Document::parse(&chapter(name)).blocks() {
            if let Block::Console(block) = block {
                shown.extend(block.into_iter().map(|shown| shown.command + "\n"));
            }
        }
    }
    let missing: Vec<_> = commands
        .into_iter()
        .filter(|command| !shown.contains(&format!("registry-cli {command}")))
        .collect();
    assert!(missing.is_empty(), "the guide shows no {missing:?}");
}

/// The commands that the help of the program lists.
pub(crate) fn commands(help: &str) -> BTreeSet<&str> {
    let commands = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty());
    commands
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .collect()
}

fn chapter(name: &str) -> String {
    fs::read_to_string(root().join("docs").join(name)).unwrap()
}

/// The cells of the first table below a heading of a chapter.
fn rows(name: &str, heading: &str) -> Vec<Vec<String>> {
    let chapter = chapter(name);
    let below = chapter
        .lines()
        .skip_while(|line| *line != heading)
        .skip_while(|line| !line.starts_with('|'));
    let table = below.take_while(|line| line.starts_with('|')).skip(2);
    let cells = |line: &str| {
        line.trim_matches('|')
            .split(" | ")
            .map(|cell| cell.trim().to_owned())
            .collect()
    };
    let rows: Vec<Vec<String>> = table.map(cells).collect();
    assert!(!rows.is_empty(), "there is no table below `{heading}`");
    rows
}

fn unquoted(cell: &str) -> String {
    cell.trim_matches('`').to_owned()
}

/// The exit status of each variant, from the arms of `Error::category`.
fn exits(source: &str) -> BTreeMap<String, u8> {
    let mut exits = BTreeMap::new();
    let mut variants = Vec::new();
    // `Self::A | Self::B => Category::C`, however it is broken into lines.
    let parts: Vec<&str> = between(source, "fn category(", "\n    }\n").split("::").collect();
    for pair in parts.windows(2) {
        let (owner, name) = (pair[0], word(pair[1]));
        if owner.ends_with("Self") {
            variants.push(name);
        } else if owner.ends_with("Category") {
            let exit = match name.as_str() {
                "Failure" => 1,
                "Usage" => 2,
                "NotFound" => 3,
                "Conflict" => 4,
                other => panic!("what is {other}?"),
            };
            exits.extend(variants.drain(..).map(|variant| (variant, exit)));
        }
    }
    exits
}

/// The letters and digits at the beginning.
fn word(text: &str) -> String {
    text.chars().take_while(char::is_ascii_alphanumeric).collect()
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(start).expect("the start is there");
    rest.split_once(end).expect("the end is there").0
}
