//! A document is told: its commands run, in order.

use std::fs;

use crate::markdown::{Block, Document, Shown};
use crate::sandbox::{Answer, Sandbox};
use crate::{cargo_command, comparison, root};

/// Runs every command of the document and compares its answers.
pub(crate) fn run(path: &str, sandbox: &Sandbox) {
    let file = root().join(path);
    let document = Document::parse(&fs::read_to_string(&file).unwrap());
    let overwrite = std::env::var_os("SNAPSHOTS").is_some_and(|mode| mode == "overwrite");
    let mut drifted = Vec::new();
    let mut answers = Vec::new();
    for block in document.blocks() {
        match block {
            Block::Setup { line, script } => sandbox.set_up(&script, &format!("{path}:{line}")),
            Block::File { name, text } => sandbox.make_file(&name, &text),
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
                    cargo_command::check(&command, sandbox, &root(), &format!("{path}:{line}"));
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

fn drift(path: &str, shown: &Shown, answer: &Answer) -> String {
    format!(
        "{path}:{}: $ {}\n--- shown (status {})\n{}\n--- answered (status {})\n{}",
        shown.line, shown.command, shown.status, shown.output, answer.status, answer.output
    )
}
