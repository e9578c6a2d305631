//! The commands that begin with `cargo`: a test can't build the whole again, so it does what they come to.

use std::fs;
use std::path::Path;

use crate::sandbox::Sandbox;

/// Checks that the command exists; runs it where it runs the program that this test was built with.
pub(crate) fn check(command: &str, sandbox: &Sandbox, root: &Path, place: &str) {
    let words: Vec<&str> = command.split_whitespace().collect();
    match &words[..] {
        [
            "cargo",
            "run",
            "--release",
            "-p",
            "registry-cli",
            "--",
            arguments @ ..,
        ] => {
            let answer = sandbox.run(&format!("registry-cli {}", arguments.join(" ")));
            assert_eq!(answer.status, 0, "{place}: `{command}` fails:\n{}", answer.output);
        }
        // The examples have tests of their own.
        ["cargo", "run", "-p", package, "--example", name, ..] => {
            let file = root.join(format!("crates/{package}/examples/{name}.rs"));
            assert!(file.is_file(), "{place}: `{command}` names no example");
        }
        ["cargo", "xtask", chore, ..] => {
            let main = fs::read_to_string(root.join("xtask/src/main.rs"))
                .unwrap()
                .to_lowercase();
            assert!(
                main.contains(&format!("verb::{chore}")),
                "{place}: `{command}` is no chore"
            );
        }
        ["cargo", "install", "--path", path, ..] => {
            assert!(
                root.join(path).join("Cargo.toml").is_file(),
                "{place}: `{command}` names no package"
            );
        }
        [] => {}
        _ => panic!("{place}: `{command}` is not run; show it in a console block with its answer"),
    }
}
