//! `cargo xtask screenshots`: the pictures of the pages, from a registry whose story and times are fixed.

use std::path::Path;

use crate::pages::{PACKAGE, chromium};
use crate::process::{Failure, cargo, run as run_command};

/// Makes them all.
pub(crate) fn run(root: &Path) -> Result<(), Failure> {
    let chromium = chromium().map_err(Failure::Found)?;
    let mut make = cargo(root);
    make.args(["run", "--package", PACKAGE, "--bin", "screenshots", "--"])
        .arg(root.join("docs/images"))
        .env("REGISTRY_TEST_CHROMIUM", chromium);
    run_command(&mut make)
}
