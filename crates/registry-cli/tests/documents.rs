//! The documents tell the truth: every command that README.md and docs/*.md show is run, in order, in one folder per
//! document, and answers what is shown. `SNAPSHOTS=overwrite` writes what it answers now into the document instead.
//!
//! - ` ```console ` blocks are run: `$ ` begins a command, `> ` continues it, `? 3` is its exit status where that
//!   isn't 0, the rest is what it prints on both streams. Times and cursors may differ, `[..]` stands for anything in
//!   a line, a line of `...` for any lines.
//! - `<!-- setup` comments are run unseen; they must succeed. `<!-- original FILE` comments hold the rows of a file of
//!   the original registry, which is made from them.
//! - ` ```sh ` blocks hold the commands that begin with `cargo`: checked to exist, and run where that doesn't build
//!   or test the whole again.
//! - ` ```rust ` blocks are doctests of `registry-sqlite`.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where something isn't as it should be"
)]

#[path = "documents/answers.rs"]
mod answers;
#[path = "documents/cargo_command.rs"]
mod cargo_command;
#[path = "documents/comparison.rs"]
mod comparison;
#[path = "documents/markdown.rs"]
mod markdown;
#[path = "documents/sandbox.rs"]
mod sandbox;
#[path = "documents/tables.rs"]
mod tables;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use markdown::{Block, Document, Shown};
use sandbox::Sandbox;

macro_rules! documents {
    ($($test:ident = $path:literal),+ $(,)?) => {
        $(
            #[test]
            fn $test() {
                run($path);
            }
        )+

        const DOCUMENTS: &[&str] = &[$($path),+];
    };
}

documents! {
    readme = "README.md",
    architecture = "docs/architecture.md",
    guide = "docs/MODEL_REGISTRY.md",
    operations = "docs/operations.md",
    performance = "docs/performance.md",
    reference = "docs/reference.md",
    security = "docs/security.md",
    server = "docs/server.md",
}

#[test]
fn no_document_is_left_out() {
    let found: BTreeSet<String> = fs::read_dir(root().join("docs"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| {
            Path::new(name)
                .extension()
                .is_some_and(|extension| extension == "md")
        })
        .map(|name| format!("docs/{name}"))
        .chain(["README.md".to_owned()])
        .collect();
    let run: BTreeSet<String> = DOCUMENTS.iter().map(ToString::to_string).collect();
    assert_eq!(found, run);
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn run(path: &str) {
    let file = root().join(path);
    let document = Document::parse(&fs::read_to_string(&file).unwrap());
    let sandbox = Sandbox::new();
    let overwrite = std::env::var_os("SNAPSHOTS").is_some_and(|mode| mode == "overwrite");
    let mut drifted = Vec::new();
    let mut answers = Vec::new();
    for block in document.blocks() {
        match block {
            Block::Setup { line, script } => sandbox.set_up(&script, &format!("{path}:{line}")),
            Block::Original { file, rows } => sandbox.make_original(&file, &rows),
            Block::Console(commands) => {
                for shown in commands {
                    let answer = sandbox.run(&shown.command);
                    if answer.status != shown.status || !comparison::same(&shown.output, &answer.output) {
                        drifted.push(drift(path, &shown, &answer));
                        answers.push((shown, answer));
                    }
                }
            }
            Block::Shell { line, commands } => {
                for command in commands {
                    cargo_command::check(&command, &sandbox, &root(), &format!("{path}:{line}"));
                }
            }
        }
    }
    if overwrite && !answers.is_empty() {
        fs::write(&file, document.with_answers(&answers)).unwrap();
    } else {
        assert!(
            drifted.is_empty(),
            "{}\n\n{} command(s) of {path} answer something else than it shows; SNAPSHOTS=overwrite updates it",
            drifted.join("\n\n"),
            drifted.len()
        );
    }
}

fn drift(path: &str, shown: &Shown, answer: &sandbox::Answer) -> String {
    format!(
        "{path}:{}: $ {}\n--- shown (status {})\n{}\n--- answered (status {})\n{}",
        shown.line, shown.command, shown.status, shown.output, answer.status, answer.output
    )
}
