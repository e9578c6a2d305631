//! The documents tell the truth: every command that README.md and docs/*.md show is run, in order, in one folder per
//! document, and answers what is shown. `SNAPSHOTS=overwrite` writes what it answers now into the document instead.
//!
//! - ` ```console ` blocks are run: `$ ` begins a command, `> ` continues it, `? 3` is its exit status where that
//!   isn't 0, the rest is what it prints on both streams. Times and cursors may differ, `[..]` stands for anything in
//!   a line, a line of `...` for any lines.
//! - `<!-- setup` comments are run unseen; they must succeed. `<!-- original FILE` comments hold the rows of a file of
//!   the original registry, which is made from them. `<!-- file NAME -->` makes a file of the code block that follows.
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
#[path = "documents/telling.rs"]
mod telling;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

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
    scale = "docs/scale.md",
    reference = "docs/reference.md",
    security = "docs/security.md",
    server = "docs/server.md",
    web = "docs/web.md",
    webhooks = "docs/webhooks.md",
}

/// Those that need Python, for what the other side of a line does. Without it they are not told.
const IN_PYTHON: &[&str] = &["docs/webhooks.md"];

/// Those of `documents_postgres.rs`, which need a server.
const ON_POSTGRES: &[&str] = &["docs/team.md"];

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
    let run: BTreeSet<String> = DOCUMENTS
        .iter()
        .chain(ON_POSTGRES)
        .map(ToString::to_string)
        .collect();
    assert_eq!(found, run);
}

fn has_python() -> bool {
    let python = Command::new("python3").arg("--version").output();
    python.is_ok_and(|python| python.status.success())
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn run(path: &str) {
    if IN_PYTHON.contains(&path) && !has_python() {
        return;
    }
    telling::run(path, &Sandbox::new());
}
