//! The programs of others. `cargo xtask test` puts them into a virtual environment of Python; they are not part of this
//! repository.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Names the folder of the programs; `cargo xtask test` sets it.
const VARIABLE: &str = "REGISTRY_TEST_PYTHON";

/// A program of the environment, such as `python`.
pub fn program(name: &str) -> Command {
    let file = programs().join(name);
    assert!(
        file.is_file(),
        "`{}` is not there: `cargo xtask test` makes the environment, for which it needs python3 with venv",
        file.display()
    );
    let mut command = Command::new(file);
    // Asked on this machine, whatever the environment says of proxies.
    command
        .env("NO_PROXY", "127.0.0.1")
        .env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

/// Runs a program to its end and returns what it says; fails with all of it when it fails.
pub fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}\n{said}");
    said.into_owned()
}

/// A file of this package.
pub fn here(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn programs() -> PathBuf {
    match std::env::var_os(VARIABLE) {
        Some(folder) => folder.into(),
        None => here("../../target/python/bin"),
    }
}
