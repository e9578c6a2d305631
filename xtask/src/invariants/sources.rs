//! Rules about the text of files: how long, how named, what never to be committed.

use std::ffi::OsStr;
use std::path::Path;

use crate::invariants::Violation;
use crate::process::Failure;
use crate::tree::Tree;

const MOST_LINES: usize = 500;

/// Files that may be longer, each with the reason. One that is short again must leave the table.
const LONG_FILES: &[(&str, &str)] = &[(
    "tests/src/conformance.rs",
    "the one list of all cases, a line for each",
)];

/// What is unfinished or switched off. In pieces, so that this file does not match itself.
const UNFINISHED: &[(&str, &str)] = &[
    (
        concat!("todo", "!("),
        "unfinished code does not reach the main branch",
    ),
    (
        concat!("unimplemented", "!("),
        "unfinished code does not reach the main branch",
    ),
    (concat!("#[", "ignore"), "a test that never runs promises nothing"),
];

/// The first folder of a path that only exists on the machine where it was written.
const MACHINE_FOLDERS: &[&str] = &["work", "farm", "root"];

/// The endings of files that people write.
const TEXT: &[&str] = &[
    "rs", "toml", "sql", "md", "sh", "py", "json", "yml", "yaml", "html", "css", "js", "trycmd", "snap",
    "txt",
];

pub(super) fn check(tree: &Tree) -> Result<Vec<Violation>, Failure> {
    check_but(tree, LONG_FILES)
}

/// All that is checked, with these files that may be long.
fn check_but(tree: &Tree, long: &[(&str, &str)]) -> Result<Vec<Violation>, Failure> {
    let mut violations = no_long_files(tree, long)?;
    violations.extend(nothing_unfinished(tree)?);
    violations.extend(no_mod_rs(tree));
    violations.extend(no_machine_paths(tree)?);
    Ok(violations)
}

fn no_long_files(tree: &Tree, allowed: &[(&str, &str)]) -> Result<Vec<Violation>, Failure> {
    let mut violations = Vec::new();
    let mut long = Vec::new();
    for file in tree.with_extension("rs") {
        let lines = tree.read(file)?.lines().count();
        if lines <= MOST_LINES {
            continue;
        }
        long.push(file);
        if !allowed.iter().any(|(name, _)| file == Path::new(name)) {
            let message = format!("{lines} lines, more than {MOST_LINES}: a file holds one subject");
            violations.push(Violation::new(file.display(), message));
        }
    }
    for (name, _) in allowed {
        if !long.contains(&Path::new(name)) {
            violations.push(Violation::new(
                name,
                "is not a long file (any more): take it off the table",
            ));
        }
    }
    Ok(violations)
}

fn nothing_unfinished(tree: &Tree) -> Result<Vec<Violation>, Failure> {
    let mut violations = Vec::new();
    for file in tree.with_extension("rs") {
        for (index, line) in tree.read(file)?.lines().enumerate() {
            for (pattern, reason) in UNFINISHED {
                if line.contains(pattern) {
                    violations.push(Violation::at_line(file, index, format!("`{pattern}`: {reason}")));
                }
            }
        }
    }
    Ok(violations)
}

fn no_mod_rs(tree: &Tree) -> Vec<Violation> {
    let named_mod = tree
        .files()
        .filter(|file| file.file_name() == Some(OsStr::new("mod.rs")));
    named_mod
        .map(|file| {
            Violation::new(
                file.display(),
                "name the file after its module: `foo.rs` beside `foo/`",
            )
        })
        .collect()
}

fn no_machine_paths(tree: &Tree) -> Result<Vec<Violation>, Failure> {
    let mut violations = Vec::new();
    for file in tree.files().filter(|file| is_text(file)) {
        for (index, line) in tree.read(file)?.lines().enumerate() {
            for folder in MACHINE_FOLDERS {
                let pattern = format!("/{folder}/");
                if starts_a_path(line, &pattern) {
                    let message = format!("`{pattern}` is a path of one machine");
                    violations.push(Violation::at_line(file, index, message));
                }
            }
        }
    }
    Ok(violations)
}

fn is_text(file: &Path) -> bool {
    let ending = file.extension().and_then(OsStr::to_str);
    file.starts_with(".ci") || ending.is_some_and(|ending| TEXT.contains(&ending))
}

/// True if the pattern stands where a path begins, not in the middle of one (`../name/`, `example.org/name/`).
fn starts_a_path(line: &str, pattern: &str) -> bool {
    line.match_indices(pattern).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|character| !character.is_alphanumeric() && !"._-~*)}>".contains(character))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invariants::lines;
    use crate::tree::a_tree;

    #[test]
    fn a_long_file_needs_a_line_in_the_table() {
        let (_folder, tree) = a_tree(&[("a.rs", &"//\n".repeat(501)), ("b.rs", &"//\n".repeat(500))]);
        let found = lines(&no_long_files(&tree, &[]).unwrap());
        assert_eq!(
            found,
            ["a.rs: 501 lines, more than 500: a file holds one subject"]
        );
        assert_eq!(no_long_files(&tree, &[("a.rs", "a reason")]).unwrap(), []);
    }

    #[test]
    fn the_table_holds_no_file_that_is_short_again() {
        let (_folder, tree) = a_tree(&[("b.rs", "//\n")]);
        let found = lines(&no_long_files(&tree, &[("b.rs", "a reason")]).unwrap());
        assert_eq!(
            found,
            ["b.rs: is not a long file (any more): take it off the table"]
        );
    }

    #[test]
    fn unfinished_code_is_found_where_it_stands() {
        for (pattern, reason) in UNFINISHED {
            let (_folder, tree) = a_tree(&[("a.rs", &format!("\nfn a() {{ {pattern}"))]);
            assert_eq!(
                lines(&check_but(&tree, &[]).unwrap()),
                [format!("a.rs:2: `{pattern}`: {reason}")]
            );
        }
    }

    #[test]
    fn modules_are_named() {
        let (_folder, tree) = a_tree(&[("a/mod.rs", ""), ("a/b.rs", ""), ("c/my_mod.rs", "")]);
        let found = lines(&check_but(&tree, &[]).unwrap());
        assert_eq!(
            found,
            ["a/mod.rs: name the file after its module: `foo.rs` beside `foo/`"]
        );
    }

    #[test]
    fn a_machine_path_is_found_in_any_text() {
        for folder in MACHINE_FOLDERS {
            let path = format!("/{folder}/main");
            for text in [
                path.clone(),
                format!("\"{path}\""),
                format!("file://{path}"),
                format!("cd {path}"),
            ] {
                let (_folder, tree) = a_tree(&[("docs/a.md", &text), (".ci/run", &text)]);
                let message = format!("`/{folder}/` is a path of one machine");
                let expected = [".ci/run", "docs/a.md"].map(|file| format!("{file}:1: {message}"));
                assert_eq!(lines(&check_but(&tree, &[]).unwrap()), expected);
            }
        }
    }

    #[test]
    fn the_same_name_inside_a_path_is_fine() {
        for folder in MACHINE_FOLDERS {
            let text = format!("../{folder}/a https://example.org/{folder}/b {{home}}/{folder}/c");
            let (_folder, tree) = a_tree(&[("a.md", &text)]);
            assert_eq!(check_but(&tree, &[]).unwrap(), []);
        }
    }

    #[test]
    fn what_is_no_text_is_not_read() {
        let (folder, _) = a_tree(&[]);
        std::fs::write(folder.path().join("a.db"), [0xff, 0xfe]).unwrap();
        assert_eq!(check_but(&Tree::open(folder.path()).unwrap(), &[]).unwrap(), []);
    }
}
