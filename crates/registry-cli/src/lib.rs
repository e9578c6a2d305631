//! The command line of the model registry: parsing and printing only, no rule of the domain.
//!
//! [`run`] takes the arguments and a [`Console`] and returns the exit status, so that a test or the demo runs a
//! command inside its own process. The way of a command: the arguments are parsed into domain types (`args`), the
//! command asks the registry (`commands`), the answer becomes one text ([`render`] for people, JSON for programs), and
//! only then, after the commit, it is printed (`output`).

mod actor;
mod args;
mod commands;
#[cfg(feature = "server")]
mod config;
mod confirm;
mod console;
mod database;
mod demo;
mod document;
mod failure;
mod json_argument;
mod output;
mod progress;
pub mod render;
mod session;

use std::ffi::{OsStr, OsString};
use std::process::ExitCode;

use clap::builder::Resettable;
use clap::error::{ContextKind, ErrorKind};
use clap::{CommandFactory, FromArgMatches};
use registry_connect::Location;

use crate::args::Arguments;
pub use crate::console::Console;
use crate::failure::Failure;
use crate::session::Session;

/// Runs the program with the arguments, streams and environment of this process.
pub fn main() -> ExitCode {
    let (mut out, mut err) = (std::io::stdout(), std::io::stderr());
    let mut console = Console::of_process(&mut out, &mut err);
    ExitCode::from(run(std::env::args_os(), &mut console))
}

/// Runs one command line, the program's name first, and returns its exit status: 0 done, 1 failure, 2 bad usage or
/// input, 3 not found, 4 conflict.
///
/// ```
/// use registry_cli::Console;
///
/// let (mut out, mut err) = (Vec::new(), Vec::new());
/// let mut console = Console::plain(&mut out, &mut err);
/// let status = registry_cli::run(["registry-cli", "hash", "--config", "{}"], &mut console);
/// assert_eq!(status, 0);
/// assert!(out.starts_with(b"44136fa355b3678a"));
/// ```
pub fn run<I, A>(arguments: I, console: &mut Console<'_>) -> u8
where
    I: IntoIterator<Item = A>,
    A: Into<OsString>,
{
    let arguments: Vec<OsString> = arguments.into_iter().map(Into::into).collect();
    run_on(None, &arguments, console)
}

/// Runs one command line on this registry, whatever it says itself: an address that is shown has lost its password.
pub(crate) fn run_on(database: Option<&Location>, arguments: &[OsString], console: &mut Console<'_>) -> u8 {
    let mut parsed = match parse(arguments) {
        Ok(parsed) => parsed,
        Err(error) if error.use_stderr() => {
            let json = asks_for_json(arguments);
            if names_no_command(&error) {
                return Failure::NoCommand.report(json, console);
            }
            return Failure::Usage(error).report(json, console);
        }
        // Help and version are answers, not failures.
        Err(error) => return output::print_help(&error, console),
    };
    if let Some(database) = database {
        parsed.globals.db = database.clone();
        // What is shown is what was just done.
        parsed.globals.replica = None;
    }
    let json = parsed.globals.json;
    console.unicode &= !parsed.globals.ascii;
    let mut session = Session::new(parsed.globals, console);
    match commands::run(parsed.command, &mut session) {
        Ok(output) => output.print(json, session.console),
        Err(failure) => failure.report(json, session.console),
    }
}

/// Reads a command line.
fn parse(arguments: &[OsString]) -> Result<Arguments, clap::Error> {
    let mut command = deaf_to_empty_variables(Arguments::command());
    #[cfg_attr(not(feature = "server"), allow(unused_mut, reason = "nothing is added to it"))]
    let mut matches = command.try_get_matches_from_mut(arguments)?;
    #[cfg(feature = "server")]
    if let Some(("serve", serve)) = matches.subcommand()
        && let Some(file) = serve.get_one::<std::path::PathBuf>("config")
    {
        let more = config::arguments(file, serve)?;
        matches = command.try_get_matches_from_mut(arguments.iter().cloned().chain(more))?;
    }
    Arguments::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

/// A variable that is set to nothing counts as not set; clap would take it for the value of its option.
fn deaf_to_empty_variables(command: clap::Command) -> clap::Command {
    let is_empty = |name: &OsStr| std::env::var_os(name).is_some_and(|value| value.is_empty());
    command
        .mut_args(|argument| match argument.get_env() {
            Some(name) if is_empty(name) => argument.env(Resettable::Reset),
            _ => argument,
        })
        .mut_subcommands(deaf_to_empty_variables)
}

/// The definition of the whole command line, for manual pages and completions.
pub(crate) fn definition() -> clap::Command {
    Arguments::command()
}

/// Whether nothing but global options was given.
fn names_no_command(error: &clap::Error) -> bool {
    match error.kind() {
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => true,
        // With a global option given, clap asks for a command instead of showing the help.
        ErrorKind::MissingSubcommand => error
            .get(ContextKind::InvalidSubcommand)
            .is_some_and(|command| command.to_string() == "registry-cli"),
        _ => false,
    }
}

/// Whether a command line that could not be parsed asked for JSON.
fn asks_for_json(arguments: &[OsString]) -> bool {
    arguments
        .iter()
        .take_while(|argument| *argument != "--")
        .any(|argument| argument == "--json")
}
