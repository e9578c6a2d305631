//! Starting other programs, and the one error of this package.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

/// Why a chore ended badly.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A program ran, said no and told why: only its exit status is left to pass on.
    #[error("`{line}` failed ({status})")]
    Program { line: String, status: ExitStatus },
    /// A program could not be started.
    #[error("cannot run `{line}`: {source}")]
    Start { line: String, source: io::Error },
    /// A file or folder could not be read or written.
    #[error("cannot {doing}: {source}")]
    Files { doing: String, source: io::Error },
    /// The chore itself found something wrong.
    #[error("{0}")]
    Found(String),
}

impl Failure {
    /// For `map_err`: says what was being done to files.
    pub(crate) fn files(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let doing = doing.into();
        |source| Self::Files { doing, source }
    }

    /// What is left to tell: nothing when a program has told already.
    pub(crate) fn message(&self) -> Option<String> {
        match self {
            Self::Program { .. } => None,
            other => Some(other.to_string()),
        }
    }

    /// The exit status of the program that failed, or 1.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Program { status, .. } => status
                .code()
                .and_then(|code| u8::try_from(code).ok())
                .unwrap_or(1),
            _ => 1,
        }
    }
}

/// True on a build machine, by the variable that all of them set.
pub(crate) fn on_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"))
}

/// The cargo that started us, in the folder given.
pub(crate) fn cargo(folder: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    command.current_dir(folder);
    command
}

/// Shows the command, runs it to its end, and fails if it does.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    show(command);
    run_quietly(command)
}

/// The same without showing the command.
pub(crate) fn run_quietly(command: &mut Command) -> Result<(), Failure> {
    let status = command.status().map_err(cannot_run(command))?;
    require_success(command, status)
}

/// Runs a command and returns what it wrote to standard output.
pub(crate) fn output(command: &mut Command) -> Result<String, Failure> {
    command.stderr(Stdio::inherit());
    let output = command.output().map_err(cannot_run(command))?;
    require_success(command, output.status)?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// What a command answers on standard output, or nothing if it can't be run or fails.
pub(crate) fn answer(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Which of a program's two streams to watch.
#[derive(Clone, Copy)]
pub(crate) enum Stream {
    Stdout,
    Stderr,
}

/// Runs a command whose `stream` is shown as it comes and handed over line by line; the other one is only shown.
pub(crate) fn watch(
    command: &mut Command,
    stream: Stream,
    mut on_line: impl FnMut(&str),
) -> Result<(), Failure> {
    show(command);
    match stream {
        Stream::Stdout => command.stdout(Stdio::piped()),
        Stream::Stderr => command.stderr(Stdio::piped()),
    };
    let mut child = command.spawn().map_err(cannot_run(command))?;
    let watched: Option<Box<dyn Read>> = match stream {
        Stream::Stdout => child.stdout.take().map(|pipe| Box::new(pipe) as _),
        Stream::Stderr => child.stderr.take().map(|pipe| Box::new(pipe) as _),
    };
    if let Some(watched) = watched {
        copy_lines(watched, stream, &mut on_line).map_err(cannot_run(command))?;
    }
    let status = child.wait().map_err(cannot_run(command))?;
    require_success(command, status)
}

fn copy_lines(from: impl Read, to: Stream, on_line: &mut impl FnMut(&str)) -> io::Result<()> {
    let mut reader = BufReader::new(from);
    let mut bytes = Vec::new();
    while reader.read_until(b'\n', &mut bytes)? > 0 {
        match to {
            Stream::Stdout => io::stdout().write_all(&bytes)?,
            Stream::Stderr => io::stderr().write_all(&bytes)?,
        }
        on_line(String::from_utf8_lossy(&bytes).trim_end());
        bytes.clear();
    }
    Ok(())
}

fn cannot_run(command: &Command) -> impl FnOnce(io::Error) -> Failure + use<> {
    let line = line(command);
    |source| Failure::Start { line, source }
}

fn require_success(command: &Command, status: ExitStatus) -> Result<(), Failure> {
    if status.success() {
        return Ok(());
    }
    Err(Failure::Program {
        line: line(command),
        status,
    })
}

fn show(command: &Command) {
    eprintln!("$ {}", line(command));
}

/// The command as one would type it.
fn line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_stem().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}
