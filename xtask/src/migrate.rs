//! `cargo xtask migrate`: a short way to `registry-cli migrate`, which has the one implementation.

use std::ffi::OsString;
use std::path::Path;

use crate::process::{Failure, cargo, run_quietly};

/// Runs it in the caller's folder, so that a relative `--db` means what it says; passes the exit status through.
pub(crate) fn run(root: &Path, arguments: &[OsString]) -> Result<(), Failure> {
    let mut command = cargo(Path::new("."));
    command
        .args(["run", "--quiet", "--package", "registry-cli", "--manifest-path"])
        .arg(root.join("Cargo.toml"));
    command.args(["--", "migrate"]).args(arguments);
    run_quietly(&mut command)
}
