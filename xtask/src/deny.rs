//! Licences, banned and doubled crates, sources and known vulnerabilities, by cargo-deny (`deny.toml`).
//!
//! The vulnerabilities are in a git repository, <https://github.com/RustSec/advisory-db>, which a machine that only
//! reaches package registries cannot fetch: then a copy from before does (cargo-deny refuses one older than 90 days),
//! and without one the check is left out, loudly. A machine with a mirror needs one line of git configuration:
//! `git config --global url.<mirror>.insteadOf https://github.com/RustSec/advisory-db`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{Failure, cargo, run};
use crate::tools::DENY;

/// What was not checked as it should be, to be said again at the end.
pub(crate) type Gap = Option<&'static str>;

const OLD_COPY: &str =
    "advisories were checked against the copy on this machine: a newer one could not be fetched";
const NOT_CHECKED: &str = "ADVISORIES WERE NOT CHECKED: the RustSec database could not be fetched and is not on this \
     machine; known vulnerabilities and yanked versions would not have been noticed";

/// Runs every check that can be run here.
pub(crate) fn check(root: &Path) -> Result<Gap, Failure> {
    DENY.require(root)?;
    run(deny(root).args(["check", "--hide-inclusion-graph", "licenses", "bans", "sources"]))?;

    if run(deny(root).args(["fetch", "db"])).is_ok() {
        run(deny(root).args(["check", "advisories"]))?;
        Ok(None)
    } else if cargo_home().is_some_and(|home| has_database(&home)) {
        run(deny(root).args(["--offline", "check", "advisories"]))?;
        Ok(Some(OLD_COPY))
    } else {
        Ok(Some(NOT_CHECKED))
    }
}

fn deny(root: &Path) -> Command {
    let mut command = cargo(root);
    command.arg("deny").env("GIT_TERMINAL_PROMPT", "0");
    command
}

fn cargo_home() -> Option<PathBuf> {
    let named = env::var_os("CARGO_HOME").map(PathBuf::from);
    named.or_else(|| Some(env::home_dir()?.join(".cargo")))
}

/// cargo-deny keeps each database in a folder of its own; a half-made one has no `crates` yet.
fn has_database(cargo_home: &Path) -> bool {
    let Ok(databases) = fs::read_dir(cargo_home.join("advisory-dbs")) else {
        return false;
    };
    databases
        .flatten()
        .any(|database| database.path().join("crates").is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::a_tree;

    #[test]
    fn an_empty_folder_is_no_database() {
        let (home, _tree) = a_tree(&[("advisory-dbs/db.lock", "")]);
        assert!(!has_database(home.path()));
        let (home, _tree) = a_tree(&[("advisory-dbs/advisory-db-1/crates/a/RUSTSEC-2026-0001.md", "")]);
        assert!(has_database(home.path()));
    }
}
