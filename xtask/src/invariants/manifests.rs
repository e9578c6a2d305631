//! Which package may know which: the arrows of `docs/architecture.md`.

use crate::invariants::Violation;
use crate::metadata::Package;

/// What would bring SQL, HTTP or the terminal into the domain.
const OUTSIDE_THE_DOMAIN: &[&str] = &["sqlx", "rusqlite", "axum", "reqwest", "clap"];
/// What xtask may use of this workspace: packages that have no queries, and nothing else of the workspace.
const WITHOUT_QUERIES: &[&str] = &["throwaway-postgres"];
const BACKENDS: &[&str] = &["registry-sqlite", "registry-postgres", "registry-client"];

pub(super) fn check(packages: &[Package]) -> Vec<Violation> {
    let mut violations = core_knows_the_domain_only(packages);
    violations.extend(xtask_stands_alone(packages));
    violations.extend(backends_are_strangers(packages));
    violations.extend(nothing_needs_the_cli(packages));
    violations.extend(one_place_opens_registries(packages));
    violations
}

fn core_knows_the_domain_only(packages: &[Package]) -> Vec<Violation> {
    forbid(
        packages,
        |package, dependency| package == "registry-core" && OUTSIDE_THE_DOMAIN.contains(&dependency),
        "the domain knows no SQL, no HTTP and no terminal",
    )
}

fn xtask_stands_alone(packages: &[Package]) -> Vec<Violation> {
    forbid(
        packages,
        |package, dependency| {
            let stands_below = package == "xtask" || WITHOUT_QUERIES.contains(&package);
            let of_workspace = dependency == "sqlx" || packages.iter().any(|other| other.name == dependency);
            stands_below && of_workspace && !WITHOUT_QUERIES.contains(&dependency)
        },
        "xtask must build when the other packages do not",
    )
}

fn backends_are_strangers(packages: &[Package]) -> Vec<Violation> {
    forbid(
        packages,
        |package, dependency| BACKENDS.contains(&package) && BACKENDS.contains(&dependency),
        "backends share the domain in registry-core and nothing else",
    )
}

fn nothing_needs_the_cli(packages: &[Package]) -> Vec<Violation> {
    forbid(
        packages,
        |_, dependency| dependency == "registry-cli",
        "the CLI only parses and prints; what others need belongs below it",
    )
}

fn one_place_opens_registries(packages: &[Package]) -> Vec<Violation> {
    forbid(
        packages,
        |package, dependency| package == "registry-cli" && dependency == "registry-postgres",
        "what the backends are is known to registry-connect alone",
    )
}

fn forbid(packages: &[Package], forbidden: impl Fn(&str, &str) -> bool, reason: &str) -> Vec<Violation> {
    let mut violations = Vec::new();
    for package in packages {
        for dependency in &package.dependencies {
            if forbidden(&package.name, &dependency.name) {
                let message = format!("must not depend on `{}`: {reason}", dependency.name);
                violations.push(Violation::new(&package.name, message));
            }
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invariants::lines;
    use crate::metadata::Dependency;

    fn package(name: &str, dependencies: &[&str]) -> Package {
        let dependencies = dependencies.iter().map(|&name| Dependency {
            name: name.to_owned(),
        });
        Package {
            name: name.to_owned(),
            dependencies: dependencies.collect(),
        }
    }

    #[test]
    fn the_arrows_of_the_design_are_allowed() {
        let packages = [
            package("registry-core", &["serde", "thiserror"]),
            package("registry-sqlite", &["registry-core", "sqlx", "registry-tests"]),
            package("registry-postgres", &["registry-core", "sqlx"]),
            package("registry-connect", &["registry-sqlite", "registry-postgres"]),
            package("registry-cli", &["registry-connect", "registry-core", "clap"]),
            package("throwaway-postgres", &[]),
            package("xtask", &["clap", "throwaway-postgres"]),
        ];
        assert_eq!(check(&packages), []);
    }

    #[test]
    fn every_other_arrow_is_named_with_its_reason() {
        let packages = [
            package("registry-core", &["sqlx", "serde"]),
            package("registry-sqlite", &["registry-postgres"]),
            package("registry-tests", &["registry-cli"]),
            package("registry-cli", &["registry-postgres"]),
            package("throwaway-postgres", &["registry-core"]),
            package("xtask", &["registry-core"]),
        ];
        assert_eq!(
            lines(&check(&packages)),
            [
                "registry-core: must not depend on `sqlx`: the domain knows no SQL, no HTTP and no terminal",
                "throwaway-postgres: must not depend on `registry-core`: \
                 xtask must build when the other packages do not",
                "xtask: must not depend on `registry-core`: xtask must build when the other packages do not",
                "registry-sqlite: must not depend on `registry-postgres`: \
                 backends share the domain in registry-core and nothing else",
                "registry-tests: must not depend on `registry-cli`: \
                 the CLI only parses and prints; what others need belongs below it",
                "registry-cli: must not depend on `registry-postgres`: \
                 what the backends are is known to registry-connect alone",
            ]
        );
    }
}
