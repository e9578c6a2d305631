//! What cargo knows about this workspace, as far as a chore asks.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::process::{Failure, cargo, output};

#[derive(Deserialize)]
pub(crate) struct Metadata {
    /// The packages of the workspace, and no others.
    pub(crate) packages: Vec<Package>,
    pub(crate) target_directory: PathBuf,
}

#[derive(Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    /// Of every kind: normal, build and dev, on every platform.
    pub(crate) dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
pub(crate) struct Dependency {
    /// The package's own name, also when the manifest renames it.
    pub(crate) name: String,
}

impl Metadata {
    /// Asks cargo.
    pub(crate) fn load(root: &Path) -> Result<Self, Failure> {
        let json = output(cargo(root).args(["metadata", "--no-deps", "--format-version", "1"]))?;
        serde_json::from_str(&json)
            .map_err(|source| Failure::Found(format!("cargo's metadata cannot be read: {source}")))
    }
}
