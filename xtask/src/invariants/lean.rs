//! What a build for SQLite alone must not contain.

use std::path::Path;

use crate::invariants::Violation;
use crate::process::{Failure, cargo, output};

/// Packages that can be built without PostgreSQL: with none of their features.
const WITHOUT_POSTGRES: &[&str] = &["registry-cli", "registry-connect"];
/// What would bring it in.
const POSTGRES: &[&str] = &["registry-postgres", "sqlx-postgres", "rustls", "ring"];

pub(super) fn check(root: &Path) -> Result<Vec<Violation>, Failure> {
    let mut violations = Vec::new();
    for package in WITHOUT_POSTGRES {
        let mut tree = cargo(root);
        tree.args(["tree", "--package", package, "--no-default-features"]);
        tree.args(["--edges", "normal,build", "--prefix", "none", "--format", "{p}"]);
        violations.extend(foreign(package, &output(&mut tree)?));
    }
    Ok(violations)
}

/// The packages of a tree, one in a line, that must not be there.
fn foreign(package: &str, tree: &str) -> Vec<Violation> {
    let names = tree.lines().filter_map(|line| line.split_whitespace().next());
    let mut found: Vec<&str> = names.filter(|name| POSTGRES.contains(name)).collect();
    found.sort_unstable();
    found.dedup();
    let message = |name: &str| format!("contains `{name}` without the feature `postgres`");
    let violation = |name: &str| Violation::new(package, message(name));
    found.into_iter().map(violation).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invariants::lines;

    #[test]
    fn postgres_in_a_tree_is_found_once() {
        let lean = "registry-cli v0.1.0 (/w)\nsqlx v0.9.0\nsqlx-sqlite v0.9.0\n";
        assert_eq!(foreign("registry-cli", lean), []);
        let fat = format!("{lean}sqlx-postgres v0.9.0\nsqlx-postgres v0.9.0 (*)\n");
        assert_eq!(
            lines(&foreign("registry-cli", &fat)),
            ["registry-cli: contains `sqlx-postgres` without the feature `postgres`"]
        );
    }
}
