//! `cargo xtask ci`: what must pass before a change is merged, in the order in which a mistake is cheapest to find.

use std::fmt;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::process::{Failure, cargo, run as run_command};
use crate::{bench, deny, invariants, links, prepare, test, tools};

type Step = fn(&Path, &mut Closing) -> Result<(), Failure>;

const STEPS: &[(&str, Step)] = &[
    ("tools", |root, _| tools::require_all(root)),
    ("format", format),
    ("invariants", |root, _| invariants::run(root)),
    ("clippy", clippy),
    ("query data", |root, _| prepare::run(root, true)),
    ("tests", tests),
    ("documentation", documentation),
    ("links", |root, _| links::run(root)),
    ("speed", |root, _| bench::check(root)),
    ("dependencies", dependencies),
];

/// Runs the steps until one fails, then closes with how long each took.
pub(crate) fn run(root: &Path) -> Result<(), Failure> {
    let mut closing = Closing::default();
    let mut outcome = Ok(());
    for (title, step) in STEPS {
        eprintln!("\n=== {title} ===");
        let start = Instant::now();
        outcome = step(root, &mut closing);
        let time = start.elapsed();
        eprintln!("=== {title}: {:.1} s ===", time.as_secs_f64());
        let passed = outcome.is_ok();
        closing.steps.push(Finished { title, time, passed });
        if outcome.is_err() {
            break;
        }
    }
    println!("\n{closing}");
    if let Some(failed) = closing.steps.iter().find(|step| !step.passed) {
        eprintln!("error: the step `{}` failed", failed.title);
    }
    outcome
}

fn format(root: &Path, _: &mut Closing) -> Result<(), Failure> {
    run_command(cargo(root).args(["fmt", "--all", "--check"]))
}

fn clippy(root: &Path, _: &mut Closing) -> Result<(), Failure> {
    run_command(cargo(root).args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    // The build for SQLite alone, which the one above never compiles.
    let lean = [
        "clippy",
        "-p",
        "registry-cli",
        "--no-default-features",
        "--",
        "-D",
        "warnings",
    ];
    run_command(cargo(root).args(lean))
}

/// How many seconds the tests with many writers take here, and the variable that tells them. Elsewhere they are
/// shorter.
const TEST_SECONDS: (&str, &str) = ("REGISTRY_TEST_SECONDS", "20");

fn tests(root: &Path, closing: &mut Closing) -> Result<(), Failure> {
    let (name, seconds) = TEST_SECONDS;
    let seconds = std::env::var_os(name).unwrap_or_else(|| seconds.into());
    closing.tests = Some(test::run(root, &[], &[(name, seconds)])?);
    Ok(())
}

fn documentation(root: &Path, _: &mut Closing) -> Result<(), Failure> {
    run_command(
        cargo(root)
            .args(["doc", "--workspace", "--no-deps"])
            .env("RUSTDOCFLAGS", "-D warnings"),
    )
}

fn dependencies(root: &Path, closing: &mut Closing) -> Result<(), Failure> {
    closing.gap = deny::check(root)?;
    if let Some(gap) = closing.gap {
        eprintln!("\nwarning: {gap}");
    }
    Ok(())
}

/// What is printed last, so that it can be read without scrolling.
#[derive(Default)]
struct Closing {
    steps: Vec<Finished>,
    gap: deny::Gap,
    tests: Option<test::Summary>,
}

struct Finished {
    title: &'static str,
    time: Duration,
    passed: bool,
}

impl fmt::Display for Closing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Finished { title, time, passed } in &self.steps {
            let verdict = if *passed { "ok" } else { "FAILED" };
            writeln!(f, "{title:<15} {:>8.1} s   {verdict}", time.as_secs_f64())?;
        }
        let total: Duration = self.steps.iter().map(|step| step.time).sum();
        writeln!(f, "{:<15} {:>8.1} s", "total", total.as_secs_f64())?;
        if let Some(gap) = self.gap {
            writeln!(f, "\nwarning: {gap}")?;
        }
        if let Some(tests) = &self.tests {
            write!(f, "\n{tests}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tests_with_many_writers_read_how_long_they_take() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let tests =
            std::fs::read_to_string(root.join("tests/tests/processes.rs")).expect("the tests are there");
        assert!(tests.contains(&format!("var(\"{}\")", TEST_SECONDS.0)));
    }

    #[test]
    fn the_step_that_failed_is_last_but_the_total() {
        let closing = Closing {
            steps: vec![
                Finished {
                    title: "format",
                    time: Duration::from_millis(250),
                    passed: true,
                },
                Finished {
                    title: "clippy",
                    time: Duration::from_secs(61),
                    passed: false,
                },
            ],
            gap: Some("not everything was checked"),
            tests: None,
        };
        let expected = "\
format               0.2 s   ok
clippy              61.0 s   FAILED
total               61.2 s

warning: not everything was checked
";
        assert_eq!(closing.to_string(), expected);
    }
}
