//! `cargo xtask test`: every test by cargo-nextest, then the doctests, which only `cargo test` can run.

use std::ffi::OsString;
use std::fmt;
use std::io::{self, IsTerminal};
use std::path::Path;
use std::process::Command;

use crate::postgres::ForTests;
use crate::process::{Failure, Stream, cargo, on_ci, watch};
use crate::tools::NEXTEST;
use crate::{pages, python};

/// What a run has to say at its very end, when the output of the tests has scrolled away.
pub(crate) struct Summary {
    tests: String,
    doctests: String,
    gaps: Vec<String>,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "doctests: {}", self.doctests)?;
        writeln!(f, "tests:    {}", self.tests)?;
        self.gaps
            .iter()
            .try_for_each(|gap| writeln!(f, "\nwarning: {gap}"))
    }
}

/// Runs them all; with arguments, only the tests that these select. `variables` are for the tests to read.
pub(crate) fn run(
    root: &Path,
    arguments: &[OsString],
    variables: &[(&str, OsString)],
) -> Result<Summary, Failure> {
    let postgres = ForTests::find()?;
    let pages = pages::ForTests::find(root)?;
    let python = python::ForTests::find(root)?;
    let gaps = [postgres.gap(), pages.gap(), python.gap()];
    let gaps: Vec<String> = gaps.into_iter().flatten().collect();
    for gap in &gaps {
        eprintln!("warning: {gap}");
    }
    let mut left_out = Vec::new();
    if pages.gap().is_some() {
        left_out.extend(["--exclude", pages::PACKAGE]);
    }
    if python.gap().is_some() {
        left_out.extend(["--exclude", python::PACKAGE]);
    }
    let cargo = |root| {
        let mut command = cargo(root);
        command.envs(variables.iter().cloned());
        command.envs(pages.variables());
        command.envs(python.variable());
        command
    };
    let tests = if NEXTEST.is_installed(root) {
        run_nextest(cargo(root), &left_out, arguments, &postgres)?
    } else {
        eprintln!(
            "hint: tests run faster with cargo-nextest: {}",
            NEXTEST.how_to_install()
        );
        let mut command = cargo(root);
        command.args(["test", "--workspace", "--tests"]);
        command.args(&left_out).args(arguments);
        command.envs(postgres.variable());
        run_libtest(&mut command)?
    };
    let doctests = if arguments.is_empty() {
        run_libtest(cargo(root).args(["test", "--doc", "--workspace"]))?
    } else {
        "not run, because arguments selected the tests".to_owned()
    };
    Ok(Summary {
        tests,
        doctests,
        gaps,
    })
}

fn run_nextest(
    mut command: Command,
    left_out: &[&str],
    arguments: &[OsString],
    postgres: &ForTests,
) -> Result<String, Failure> {
    command.args(["nextest", "run", "--workspace"]).args(left_out);
    command.envs(postgres.variable());
    if let Some(profile) = postgres.profile() {
        command.args(["--profile", profile]);
    } else if on_ci() {
        command.args(["--profile", "ci"]);
    }
    command.args(arguments);
    if io::stderr().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    let mut summary = "no summary".to_owned();
    watch(&mut command, Stream::Stderr, |line| {
        let line = plain(line);
        if line.trim_start().starts_with("Summary [") {
            line.trim_start().clone_into(&mut summary);
        }
    })?;
    Ok(summary)
}

/// Runs `cargo test` and adds up the result lines, one for each binary or library.
fn run_libtest(command: &mut Command) -> Result<String, Failure> {
    let mut counts = Counts::default();
    watch(command, Stream::Stdout, |line| counts.add(&plain(line)))?;
    Ok(counts.to_string())
}

#[derive(Default)]
struct Counts {
    passed: u64,
    failed: u64,
    ignored: u64,
}

impl Counts {
    /// Adds a line such as `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; ...`; others say nothing.
    fn add(&mut self, line: &str) {
        let Some((_, results)) = line.split_once("test result: ") else {
            return;
        };
        let words: Vec<_> = results
            .split([' ', ';', '.'])
            .filter(|word| !word.is_empty())
            .collect();
        for pair in words.windows(2) {
            let [count, kind] = pair else { continue };
            let Ok(count) = count.parse::<u64>() else {
                continue;
            };
            match *kind {
                "passed" => self.passed += count,
                "failed" => self.failed += count,
                "ignored" => self.ignored += count,
                _ => {}
            }
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} passed, {} failed, {} ignored",
            self.passed, self.failed, self.ignored
        )
    }
}

/// The line without its colours.
fn plain(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            // A colour is ESC [ numbers m.
            characters.by_ref().find(|&end| end == 'm');
        } else {
            plain.push(character);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_several_libraries_add_up() {
        let mut counts = Counts::default();
        counts.add("running 3 tests");
        counts.add(
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.50s",
        );
        counts.add("test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 9 filtered out");
        assert_eq!(counts.to_string(), "5 passed, 1 failed, 1 ignored");
    }

    #[test]
    fn colours_are_dropped() {
        let line = "\u{1b}[32;1m     Summary\u{1b}[0m [   0.011s] \u{1b}[1m2\u{1b}[0m tests run";
        assert_eq!(plain(line), "     Summary [   0.011s] 2 tests run");
    }
}
