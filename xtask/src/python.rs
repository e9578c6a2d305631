//! What the tests of the contract run on: a virtual environment of Python in the target folder, with the packages that
//! `requirements.txt` names, each by its hashes. They have licences of their own and are no part of this repository.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::metadata::Metadata;
use crate::process::{Failure, answer, on_ci, run};

/// The package with these tests.
pub(crate) const PACKAGE: &str = "contract";
/// What it needs.
const REQUIREMENTS: &str = "tests/contract/requirements.txt";
/// The oldest Python that these are resolved for.
const OLDEST: &str = "3.11";

/// What is there.
pub(crate) enum ForTests {
    /// The folder with the programs.
    Found(PathBuf),
    /// No environment, for this reason.
    Missing(String),
}

impl ForTests {
    /// Makes the environment where it is not there yet; on a build machine there must be one.
    pub(crate) fn find(root: &Path) -> Result<Self, Failure> {
        let target = Metadata::load(root)?.target_directory;
        match environment(&root.join(REQUIREMENTS), &target.join("python")) {
            Ok(programs) => Ok(Self::Found(programs)),
            Err(missing) if on_ci() => Err(Failure::Found(missing)),
            Err(missing) => Ok(Self::Missing(missing)),
        }
    }

    /// The variable that tells the tests.
    pub(crate) fn variable(&self) -> Option<(&'static str, OsString)> {
        match self {
            Self::Found(programs) => Some(("REGISTRY_TEST_PYTHON", programs.into())),
            Self::Missing(_) => None,
        }
    }

    /// What to warn of.
    pub(crate) fn gap(&self) -> Option<String> {
        match self {
            Self::Missing(reason) => Some(format!("THE API WAS NOT TESTED FROM OUTSIDE. {reason}")),
            Self::Found(_) => None,
        }
    }
}

/// The programs of the environment in `folder`, which is made anew when it was made for other requirements.
fn environment(requirements: &Path, folder: &Path) -> Result<PathBuf, String> {
    let wanted = fs::read_to_string(requirements)
        .map_err(|error| format!("`{}` cannot be read: {error}", requirements.display()))?;
    let programs = folder.join("bin");
    let python = programs.join("python");
    // Written last, so it is there only when everything else is.
    let made_for = folder.join("requirements.txt");
    let is_made = fs::read_to_string(&made_for).is_ok_and(|made_for| made_for == wanted);
    if is_made && answer(Command::new(&python).arg("--version")).is_some() {
        return Ok(programs);
    }
    is_new_enough()?;
    let mut make = Command::new("python3");
    make.args(["-m", "venv", "--clear"]).arg(folder);
    run(&mut make).map_err(|failure| {
        format!("no environment of Python could be made: {failure}; its module `venv` must be there (Debian, Ubuntu: `apt-get install python3-venv`)")
    })?;
    let mut install = Command::new(&python);
    install.args(["-m", "pip", "--disable-pip-version-check", "--quiet", "install"]);
    install.args(["--only-binary", ":all:", "--require-hashes", "--requirement"]);
    install.arg(requirements);
    run(&mut install).map_err(|failure| format!("the packages of Python could not be fetched: {failure}"))?;
    fs::write(&made_for, wanted)
        .map_err(|error| format!("`{}` cannot be written: {error}", made_for.display()))?;
    Ok(programs)
}

fn is_new_enough() -> Result<(), String> {
    let install = format!(
        "install Python {OLDEST} or newer (Debian, Ubuntu: `apt-get install python3-venv`; macOS: `brew install python`)"
    );
    let version =
        answer(Command::new("python3").args(["-c", "import sys; print(*sys.version_info[:2], sep='.')"]));
    let Some(version) = version else {
        return Err(format!("Python is not there: {install}"));
    };
    if numbers(&version) < numbers(OLDEST) {
        return Err(format!("Python {} is too old: {install}", version.trim()));
    }
    Ok(())
}

/// The parts as numbers: by letters `3.9` would be newer than `3.11`.
fn numbers(version: &str) -> Vec<u32> {
    let parts = version.trim().split('.');
    parts.map(|part| part.parse().unwrap_or_default()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(numbers("3.9\n") < numbers(OLDEST));
        assert!(numbers("3.11") >= numbers(OLDEST));
        assert!(numbers("4.0") > numbers("3.13"));
    }

    #[test]
    #[cfg(unix)]
    fn what_was_made_is_not_made_again() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().expect("a folder");
        let requirements = folder.path().join("wanted.txt");
        let made = folder.path().join("python");
        fs::create_dir_all(made.join("bin")).expect("a folder");
        // It answers to `--version` like a Python.
        symlink("/bin/true", made.join("bin/python")).expect("a link");
        for file in [&requirements, &made.join("requirements.txt")] {
            fs::write(file, "nothing\n").expect("a file");
        }
        assert_eq!(environment(&requirements, &made), Ok(made.join("bin")));
        assert!(environment(&made, &made).is_err_and(|missing| missing.contains("cannot be read")));
    }

    #[test]
    fn what_is_missing_is_said() {
        let missing = ForTests::Missing("no Python".to_owned());
        let gap = missing.gap().expect("a warning");
        assert!(gap.contains("NOT TESTED FROM OUTSIDE") && gap.contains("no Python"));
        assert_eq!(missing.variable(), None);
    }
}
