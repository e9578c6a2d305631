//! What the tests of the pages run on: Chromium, and axe-core, which npm fetches into the target folder. It has a licence
//! of its own and is no part of this repository.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::metadata::Metadata;
use crate::process::{Failure, on_ci, run};

/// The package with these tests.
pub(crate) const PACKAGE: &str = "browser";
/// What Chromium is called.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
/// The version that the pages are judged by.
const AXE: &str = "4.14.1";

/// What is there.
pub(crate) enum ForTests {
    /// Both.
    Found {
        /// The program.
        chromium: PathBuf,
        /// The script.
        axe: PathBuf,
    },
    /// Not both, for this reason.
    Missing(String),
}

impl ForTests {
    /// Finds the browser and fetches axe-core where it is not there yet; on a build machine there must be both.
    pub(crate) fn find(root: &Path) -> Result<Self, Failure> {
        let found = chromium().and_then(|chromium| {
            let axe = fetch(
                &Metadata::load(root)
                    .map_err(|failure| said(&failure))?
                    .target_directory,
            )?;
            Ok(Self::Found { chromium, axe })
        });
        match found {
            Err(missing) if on_ci() => Err(Failure::Found(missing)),
            found => Ok(found.unwrap_or_else(Self::Missing)),
        }
    }

    /// The variables that tell the tests.
    pub(crate) fn variables(&self) -> Vec<(&'static str, OsString)> {
        match self {
            Self::Found { chromium, axe } => vec![
                ("REGISTRY_TEST_CHROMIUM", chromium.into()),
                ("REGISTRY_TEST_AXE", axe.into()),
            ],
            Self::Missing(_) => Vec::new(),
        }
    }

    /// What to warn of.
    pub(crate) fn gap(&self) -> Option<String> {
        match self {
            Self::Missing(reason) => Some(format!("NO PAGE WAS TESTED IN A BROWSER. {reason}")),
            Self::Found { .. } => None,
        }
    }
}

/// Where the browser is.
pub(crate) fn chromium() -> Result<PathBuf, String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut programs = std::env::split_paths(&path).flat_map(|folder| NAMES.map(|name| folder.join(name)));
    programs.find(|program| program.is_file()).ok_or_else(|| {
        "Chromium is not there: install it (Debian, Ubuntu: `apt-get install chromium`; macOS: `brew install chromium`)"
            .to_owned()
    })
}

fn fetch(target: &Path) -> Result<PathBuf, String> {
    let folder = target.join("axe");
    let package = folder.join("node_modules/axe-core");
    let file = package.join("axe.min.js");
    if version(&package).as_deref() == Some(AXE) && file.is_file() {
        return Ok(file);
    }
    std::fs::create_dir_all(&folder).map_err(|error| format!("cannot make `target/axe`: {error}"))?;
    let mut npm = Command::new("npm");
    npm.args([
        "install",
        "--no-save",
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
    ])
    .arg("--prefix")
    .arg(&folder)
    .arg(format!("axe-core@{AXE}"));
    run(&mut npm).map_err(|failure| {
        let failure = said(&failure);
        format!("axe-core could not be fetched: {failure}; npm must be there (Debian, Ubuntu: `apt-get install npm`)")
    })?;
    Ok(file)
}

fn version(package: &Path) -> Option<String> {
    let text = std::fs::read_to_string(package.join("package.json")).ok()?;
    let package: Value = serde_json::from_str(&text).ok()?;
    package["version"].as_str().map(str::to_owned)
}

fn said(failure: &Failure) -> String {
    failure.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_fetched_is_not_fetched_again() {
        let target = tempfile::tempdir().expect("a folder");
        let package = target.path().join("axe/node_modules/axe-core");
        std::fs::create_dir_all(&package).expect("a folder");
        for (file, text) in [
            ("package.json", format!("{{\"version\": \"{AXE}\"}}")),
            ("axe.min.js", "0".to_owned()),
        ] {
            std::fs::write(package.join(file), text).expect("a file");
        }
        assert_eq!(fetch(target.path()), Ok(package.join("axe.min.js")));
        assert_eq!(version(target.path()), None);
    }

    #[test]
    fn what_is_missing_is_said() {
        let missing = ForTests::Missing("no Chromium".to_owned());
        assert!(
            missing
                .gap()
                .is_some_and(|gap| gap.contains("NO PAGE WAS TESTED") && gap.contains("no Chromium"))
        );
        assert!(missing.variables().is_empty());
    }
}
