//! What a build for SQLite alone must not contain.

use std::path::Path;

use crate::invariants::Violation;
use crate::process::{Failure, cargo, output};

/// Packages that can be built for files alone: with none of their features.
const LEAN: &[&str] = &["registry-cli", "registry-connect"];
/// What a feature brings in, and the feature.
const BROUGHT: &[(&str, &str)] = &[
    ("registry-postgres", "postgres"),
    ("sqlx-postgres", "postgres"),
    ("registry-client", "http"),
    ("reqwest", "http"),
    ("rustls", "http"),
    ("registry-server", "server"),
    ("axum", "server"),
    ("opentelemetry_sdk", "server"),
];

pub(super) fn check(root: &Path) -> Result<Vec<Violation>, Failure> {
    let mut violations = Vec::new();
    for package in LEAN {
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
    let feature = |name: &str| BROUGHT.iter().find(|(brought, _)| *brought == name);
    let mut found: Vec<_> = names.filter_map(feature).collect();
    found.sort_unstable();
    found.dedup();
    let violation = |(name, feature): &(&str, &str)| {
        Violation::new(
            package,
            format!("contains `{name}` without the feature `{feature}`"),
        )
    };
    found.into_iter().map(violation).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invariants::lines;

    #[test]
    fn what_a_feature_brings_is_found_once() {
        let lean = "registry-cli v0.1.0 (/w)\nsqlx v0.9.0\nsqlx-sqlite v0.9.0\n";
        assert_eq!(foreign("registry-cli", lean), []);
        let fat = format!(
            "{lean}reqwest v0.13.5\nsqlx-postgres v0.9.0\nsqlx-postgres v0.9.0 (*)\nrustls v0.23.1\n"
        );
        assert_eq!(
            lines(&foreign("registry-cli", &fat)),
            [
                "registry-cli: contains `reqwest` without the feature `http`",
                "registry-cli: contains `rustls` without the feature `http`",
                "registry-cli: contains `sqlx-postgres` without the feature `postgres`"
            ]
        );
    }
}
