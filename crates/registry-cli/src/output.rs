//! What a command answers, printed in one piece after everything is done.

use std::io::ErrorKind;

use anstyle::AnsiColor;
use serde_json::Value;

use crate::console::Console;
use crate::failure::labelled;

/// A line on standard error beside the answer. JSON answers say the same in their fields and go without.
#[derive(Debug)]
enum Note {
    Warning(String),
    Hint(String),
}

/// The answer of a command.
#[derive(Debug)]
pub(crate) struct Output {
    text: String,
    notes: Vec<Note>,
    status: u8,
    wrote: bool,
    /// Why an answer in pieces came to an early end.
    stopped: Option<std::io::Error>,
}

impl Output {
    /// A text, which ends with a line break (one is added where it is missing).
    pub(crate) fn text(text: impl Into<String>) -> Self {
        let mut text = text.into();
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        Self {
            text,
            notes: Vec::new(),
            status: 0,
            wrote: false,
            stopped: None,
        }
    }

    /// The end of an answer that was printed piece by piece, and could be only up to here.
    pub(crate) fn stopped(error: std::io::Error) -> Self {
        Self {
            stopped: Some(error),
            ..Self::text("")
        }
    }

    /// A value as indented JSON.
    pub(crate) fn json(value: &Value) -> Self {
        Self::text(format!("{value:#}"))
    }

    /// With a warning.
    pub(crate) fn warning(mut self, text: impl Into<String>) -> Self {
        self.notes.push(Note::Warning(text.into()));
        self
    }

    /// With a hint.
    pub(crate) fn hint(mut self, text: impl Into<String>) -> Self {
        self.notes.push(Note::Hint(text.into()));
        self
    }

    /// With an exit status other than 0.
    pub(crate) fn status(mut self, status: u8) -> Self {
        self.status = status;
        self
    }

    /// As the answer of a write that was committed: a failed print then says so.
    pub(crate) fn committed(mut self, committed: bool) -> Self {
        self.wrote = committed;
        self
    }

    /// Prints the answer and returns the exit status. A closed pipe is no error: the reader has had enough.
    pub(crate) fn print(self, json: bool, console: &mut Console<'_>) -> u8 {
        let notes = if json { String::new() } else { self.notes(console) };
        let printed = match self.stopped {
            Some(error) => Err(error),
            None => console
                .out
                .write_all(self.text.as_bytes())
                .and_then(|()| console.out.flush()),
        };
        let _ = console.err.write_all(notes.as_bytes());
        match printed {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                let what = if self.wrote {
                    "the change was made, but its answer could not be printed"
                } else {
                    "the answer could not be printed"
                };
                let hint = if self.wrote {
                    "do not repeat the command; look at the result with another"
                } else {
                    "check where standard output goes"
                };
                let text = if json {
                    let message = format!("{what}: {error}");
                    let error = serde_json::json!({ "error": { "code": "output", "message": message, "hint": hint } });
                    format!("{error}\n")
                } else {
                    labelled("error", AnsiColor::Red, &format!("{what}: {error}"), console)
                        + &labelled("hint", AnsiColor::Cyan, hint, console)
                };
                let _ = console.err.write_all(text.as_bytes());
                1
            }
            _ => self.status,
        }
    }

    fn notes(&self, console: &Console<'_>) -> String {
        let line = |note: &Note| match note {
            Note::Warning(text) => labelled("warning", AnsiColor::Yellow, text, console),
            Note::Hint(text) => labelled("hint", AnsiColor::Cyan, text, console),
        };
        self.notes.iter().map(line).collect()
    }
}

/// Prints the help or the version, which clap hands over as an error.
pub(crate) fn print_help(help: &clap::Error, console: &mut Console<'_>) -> u8 {
    let text = if console.color_out {
        help.render().ansi().to_string()
    } else {
        help.render().to_string()
    };
    Output::text(text).print(false, console)
}
