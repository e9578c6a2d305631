//! The chores of this repository, as `cargo xtask <verb>`.
//!
//! One file per verb, and nothing here about models: what a user may need as well (migrating a database) lives in the
//! backend and is called through `registry-cli`. This package depends on no other of the workspace that has queries, so
//! that it builds whatever state they are in.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for a person at a terminal"
)]

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod bench;
mod ci;
mod deny;
mod invariants;
mod links;
mod metadata;
mod migrate;
mod pages;
mod postgres;
mod prepare;
mod process;
mod python;
mod screenshots;
mod test;
mod tools;
mod tree;

#[derive(Parser)]
#[command(bin_name = "cargo xtask", about = "The chores of this repository")]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Bring a database to the current schema (all arguments go to `registry-cli migrate`)
    #[command(disable_help_flag = true)]
    Migrate {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Refresh the query data in `.sqlx` against fresh databases
    Prepare {
        /// Change nothing; fail when `.sqlx` is stale
        #[arg(long)]
        check: bool,
    },
    /// Run every test and every doctest (with arguments: the tests they select, by `cargo nextest run`)
    Test {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Measure against bare sqlx and rusqlite; the table goes to `target/bench`
    Bench(bench::Bench),
    /// Check the house rules that no compiler knows
    Invariants,
    /// Make the pictures of the pages in `docs/images`
    Screenshots,
    /// Check every relative link in the Markdown files
    Links,
    /// Everything that must pass before a change is merged
    Ci,
}

fn main() -> ExitCode {
    let root = workspace_root();
    let outcome = match Arguments::parse().verb {
        Verb::Migrate { arguments } => migrate::run(&root, &arguments),
        Verb::Prepare { check } => prepare::run(&root, check),
        Verb::Test { arguments } => test::run(&root, &arguments, &[]).map(|summary| print!("{summary}")),
        Verb::Bench(bench) => bench::run(&root, &bench),
        Verb::Invariants => invariants::run(&root),
        Verb::Screenshots => screenshots::run(&root),
        Verb::Links => links::run(&root),
        Verb::Ci => ci::run(&root),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if let Some(message) = failure.message() {
                eprintln!("error: {message}");
            }
            ExitCode::from(failure.exit_code())
        }
    }
}

/// The parent of this package's folder: cargo names it at run time, the compiler did when cargo is not there.
fn workspace_root() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    package.parent().map_or(package.clone(), Path::to_path_buf)
}
