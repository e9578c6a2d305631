//! Rules about the `.sql` files of the backends.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::invariants::Violation;
use crate::process::Failure;
use crate::tree::Tree;

/// A backend's folder, and the mark of a parameter that it must not use.
const BACKENDS: &[(&str, char)] = &[("crates/registry-sqlite", '$'), ("crates/registry-postgres", '?')];

/// Statements that one database needs and the other doesn't, each with its reason. What a whole subject needs that
/// only one of them has stands in a folder of its own.
const OF_ONE: &[(&str, &str)] = &[
    (
        "put_model_metadata.sql",
        "SQLite reads some decimals wrong in their last digit, so these numbers are bound one by one",
    ),
    (
        "insert_model.sql",
        "SQLite reads some decimals wrong in their last digit, so a model with such a size is bound by itself",
    ),
];

pub(super) fn check(tree: &Tree) -> Result<Vec<Violation>, Failure> {
    let mut violations = Vec::new();
    for (backend, mark) in BACKENDS {
        violations.extend(no_foreign_parameters(tree, Path::new(backend), *mark)?);
        violations.extend(every_query_is_used(tree, Path::new(backend))?);
    }
    violations.extend(no_text_twice(tree)?);
    violations.extend(the_same_names(tree));
    Ok(violations)
}

/// What one backend asks its database, every other asks too, in a file of the same name: `diff -r` of the folders
/// shows the dialects and nothing else.
fn the_same_names(tree: &Tree) -> Vec<Violation> {
    let present = BACKENDS
        .iter()
        .filter(|(backend, _)| tree.contains(&Path::new(backend).join("queries")));
    let names: Vec<(&Path, BTreeSet<&Path>)> = present
        .map(|(backend, _)| (Path::new(*backend), names(tree, Path::new(*backend))))
        .collect();
    let mut violations = Vec::new();
    for (backend, has) in &names {
        for (_, others) in &names {
            for name in others.difference(has) {
                if OF_ONE.iter().all(|(of_one, _)| Path::new(of_one) != *name) {
                    let file = backend.join("queries").join(name);
                    let message = "the other backend has a statement of this name";
                    violations.push(Violation::new(file.display(), message));
                }
            }
        }
    }
    violations
}

/// The files that stand directly in a backend's folder of queries.
fn names<'tree>(tree: &'tree Tree, backend: &Path) -> BTreeSet<&'tree Path> {
    let folder = backend.join("queries");
    let files = queries(tree, backend).filter(|file| file.parent() == Some(&folder));
    files.filter_map(|file| file.file_name().map(Path::new)).collect()
}

fn no_foreign_parameters(tree: &Tree, backend: &Path, mark: char) -> Result<Vec<Violation>, Failure> {
    let mut violations = Vec::new();
    for file in queries(tree, backend) {
        for (index, line) in tree.read(file)?.lines().enumerate() {
            if has_parameter(line, mark) {
                let message = format!("`{mark}1` is how the other database writes a parameter");
                violations.push(Violation::at_line(file, index, message));
            }
        }
    }
    Ok(violations)
}

/// A file that no macro names is dead, however alive it looks.
fn every_query_is_used(tree: &Tree, backend: &Path) -> Result<Vec<Violation>, Failure> {
    let mut code = String::new();
    for file in tree.with_extension("rs").filter(|file| file.starts_with(backend)) {
        let text = tree.read(file)?;
        // Statements over tables of unknown columns cannot be checked; they are read as text.
        if text.contains("query_file") || text.contains("include_str!") {
            code.push_str(&text);
        }
    }
    let mut violations = Vec::new();
    for file in queries(tree, backend) {
        let name = file.strip_prefix(backend).unwrap_or(file).display();
        if !code.contains(&format!("{name}\"")) {
            violations.push(Violation::new(file.display(), "no statement uses this file"));
        }
    }
    Ok(violations)
}

/// Query data is named by the hash of the text: two equal ones would overwrite each other in `.sqlx`.
fn no_text_twice(tree: &Tree) -> Result<Vec<Violation>, Failure> {
    let mut by_text: BTreeMap<String, PathBuf> = BTreeMap::new();
    let mut violations = Vec::new();
    for (backend, _) in BACKENDS {
        for file in queries(tree, Path::new(backend)) {
            if let Some(first) = by_text.insert(tree.read(file)?, file.to_path_buf()) {
                let message = format!(
                    "the same text as `{}`: both share one file in `.sqlx`",
                    first.display()
                );
                violations.push(Violation::new(file.display(), message));
            }
        }
    }
    Ok(violations)
}

fn queries<'tree>(tree: &'tree Tree, backend: &Path) -> impl Iterator<Item = &'tree Path> {
    let folder = backend.join("queries");
    tree.with_extension("sql")
        .filter(move |file| file.starts_with(&folder))
}

/// True if the mark stands directly before a digit.
fn has_parameter(line: &str, mark: char) -> bool {
    line.match_indices(mark)
        .any(|(at, mark)| line[at + mark.len()..].starts_with(|next: char| next.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invariants::lines;
    use crate::tree::a_tree;

    const SQLITE: &str = "crates/registry-sqlite/queries/get.sql";
    const POSTGRES: &str = "crates/registry-postgres/queries/get.sql";
    const SQLITE_CODE: (&str, &str) = (
        "crates/registry-sqlite/src/get.rs",
        "query_file!(\"queries/get.sql\", id)",
    );
    const POSTGRES_CODE: (&str, &str) = (
        "crates/registry-postgres/src/get.rs",
        "query_file!(\"queries/get.sql\", id)",
    );

    #[test]
    fn each_backend_writes_its_own_parameters() {
        let (_folder, tree) = a_tree(&[
            (SQLITE, "SELECT ?1, a ->> '$.b'"),
            SQLITE_CODE,
            (POSTGRES, "SELECT $1, a ? 'b'"),
            POSTGRES_CODE,
        ]);
        assert_eq!(check(&tree).unwrap(), []);

        let (_folder, tree) = a_tree(&[
            (SQLITE, "SELECT\n$1"),
            SQLITE_CODE,
            (POSTGRES, "SELECT ?12"),
            POSTGRES_CODE,
        ]);
        assert_eq!(
            lines(&check(&tree).unwrap()),
            [
                "crates/registry-sqlite/queries/get.sql:2: `$1` is how the other database writes a parameter",
                "crates/registry-postgres/queries/get.sql:1: `?1` is how the other database writes a parameter",
            ]
        );
    }

    #[test]
    fn a_query_that_nothing_uses_is_found() {
        // The other backend's use of a file of the same name does not count, nor does a name without a macro.
        let (_folder, tree) = a_tree(&[
            (SQLITE, "SELECT ?1"),
            ("crates/registry-sqlite/build.rs", "\"queries/get.sql\""),
            POSTGRES_CODE,
        ]);
        let found = lines(&check(&tree).unwrap());
        assert_eq!(
            found,
            ["crates/registry-sqlite/queries/get.sql: no statement uses this file"]
        );
    }

    #[test]
    fn one_text_for_two_databases_is_found() {
        let (_folder, tree) = a_tree(&[
            (SQLITE, "SELECT 1"),
            SQLITE_CODE,
            (POSTGRES, "SELECT 1"),
            POSTGRES_CODE,
        ]);
        let message =
            "the same text as `crates/registry-sqlite/queries/get.sql`: both share one file in `.sqlx`";
        assert_eq!(lines(&check(&tree).unwrap()), [format!("{POSTGRES}: {message}")]);
    }

    #[test]
    fn a_statement_that_only_one_backend_has_is_found() {
        let only = |of_one: &str| {
            a_tree(&[
                (SQLITE, "SELECT ?1"),
                SQLITE_CODE,
                (POSTGRES, "SELECT $1"),
                POSTGRES_CODE,
                (&format!("crates/registry-sqlite/queries/{of_one}"), "SELECT ?2"),
                (
                    "crates/registry-sqlite/src/more.rs",
                    &format!("query_file!(\"queries/{of_one}\", id)"),
                ),
            ])
        };
        let (_folder, tree) = only("more.sql");
        assert_eq!(
            lines(&check(&tree).unwrap()),
            ["crates/registry-postgres/queries/more.sql: the other backend has a statement of this name"]
        );
        for allowed in ["inspect/more.sql", "put_model_metadata.sql"] {
            let (_folder, tree) = only(allowed);
            assert_eq!(check(&tree).unwrap(), []);
        }
    }

    #[test]
    fn a_backend_that_does_not_exist_yet_breaks_nothing() {
        let (_folder, tree) = a_tree(&[("Cargo.toml", "")]);
        assert_eq!(check(&tree).unwrap(), []);
    }
}
