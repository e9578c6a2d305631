//! `cargo xtask invariants`: the house rules that neither the compiler nor clippy can see.
//!
//! One small function per rule, each with a message of its own, in the file of what it looks at. A rule says what must
//! be absent; a path that does not exist yet breaks none.

use std::fmt;
use std::path::Path;

use crate::metadata::Metadata;
use crate::process::Failure;
use crate::tree::Tree;

mod lean;
mod manifests;
mod queries;
mod sources;

/// A broken rule and where.
#[derive(Debug, PartialEq)]
pub(crate) struct Violation {
    place: String,
    message: String,
}

impl Violation {
    fn new(place: impl fmt::Display, message: impl Into<String>) -> Self {
        Self {
            place: place.to_string(),
            message: message.into(),
        }
    }

    fn at_line(file: &Path, index: usize, message: impl Into<String>) -> Self {
        Self::new(format_args!("{}:{}", file.display(), index + 1), message)
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// Checks them all and lists everything that is wrong.
pub(crate) fn run(root: &Path) -> Result<(), Failure> {
    let packages = Metadata::load(root)?.packages;
    let tree = Tree::open(root)?;
    let mut violations = manifests::check(&packages);
    violations.extend(sources::check(&tree)?);
    violations.extend(queries::check(&tree)?);
    violations.extend(lean::check(root)?);

    if violations.is_empty() {
        println!(
            "invariants hold: {} packages, {} files",
            packages.len(),
            tree.files().count()
        );
        return Ok(());
    }
    for violation in &violations {
        eprintln!("{violation}");
    }
    Err(Failure::Found(format!("invariants broken: {}", violations.len())))
}

/// The violations as lines, for the tests of the rules.
#[cfg(test)]
fn lines(violations: &[Violation]) -> Vec<String> {
    violations.iter().map(ToString::to_string).collect()
}
