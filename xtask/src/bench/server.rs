//! `cargo xtask bench --server`: the real `registry-cli serve`, as it is released, and the load program beside it.

use std::path::Path;
use std::process::Command;

use super::Bench;
use crate::metadata::Metadata;
use crate::process::{Failure, cargo, run as run_command};

pub(super) fn run(root: &Path, bench: &Bench) -> Result<(), Failure> {
    let folder = Metadata::load(root)?.target_directory;
    let mut build = cargo(root);
    build.args(["build", "--release"]);
    build.args(["--package", "registry-cli", "--bin", "registry-cli"]);
    build.args(["--package", "registry-tests", "--bin", "load"]);
    run_command(&mut build)?;
    let mut load = Command::new(folder.join("release/load"));
    load.arg("--cli").arg(folder.join("release/registry-cli"));
    load.arg("--out").arg(folder.join("bench"));
    load.args(["--size", &bench.size.to_string()]);
    if let Some(minutes) = bench.minutes {
        load.args(["--minutes", &minutes.to_string()]);
    }
    load.args(bench.only.iter().flat_map(|only| ["--only", only]));
    run_command(&mut load)
}
