//! How a command fails: the words on standard error, and the exit status.

use std::collections::HashSet;

use anstyle::{AnsiColor, Style};
use clap::error::ContextKind;
use registry_core::search::SearchError;
use registry_core::{Category, ConfigHashError, Error};
use serde_json::{Value, json};

use crate::console::Console;
use crate::render::search_error;
use crate::render::text::plain_lines;

/// The exit status of a failure.
const FAILURE: u8 = 1;
/// The exit status of bad usage or input.
const USAGE: u8 = 2;
/// The exit status when something was not found.
const NOT_FOUND: u8 = 3;
/// The exit status of a conflict.
const CONFLICT: u8 = 4;

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The registry refused or broke.
    Registry(Error),
    /// No command was given: the help is shown.
    NoCommand,
    /// The command line could not be parsed.
    Usage(clap::Error),
    /// The command line could be parsed but makes no sense.
    Request {
        /// The stable code.
        code: &'static str,
        /// What is wrong.
        message: String,
        /// What to do next.
        hint: String,
    },
    /// What the user wanted run failed.
    Exec {
        /// What failed, and how.
        message: String,
        /// What to do next.
        hint: String,
    },
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Registry(error)
    }
}

impl From<registry_core::InvalidValue> for Failure {
    fn from(error: registry_core::InvalidValue) -> Self {
        Self::Registry(error.into())
    }
}

impl From<SearchError> for Failure {
    fn from(error: SearchError) -> Self {
        Error::from(error).into()
    }
}

impl From<ConfigHashError> for Failure {
    fn from(error: ConfigHashError) -> Self {
        Self::Registry(error.into())
    }
}

/// A failure as it is told.
struct Told {
    code: String,
    message: String,
    hint: String,
    /// The refused lines of a bulk registration.
    lines: Vec<Value>,
    /// The search that could not be understood, for its layout.
    search: Option<SearchError>,
}

impl Failure {
    /// A command line that can be parsed but makes no sense.
    pub(crate) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Request {
            code: "usage",
            message: message.into(),
            hint: hint.into(),
        }
    }

    /// A command of the server in a program that was built without it.
    #[cfg(not(feature = "server"))]
    pub(crate) fn server_missing() -> Self {
        Self::Request {
            code: "server_missing",
            message: "this program was built without the server".to_owned(),
            hint: "build it with the server: `cargo install --path crates/registry-cli --features server`"
                .to_owned(),
        }
    }

    /// Tells the failure on standard error and returns the exit status.
    pub(crate) fn report(self, json: bool, console: &mut Console<'_>) -> u8 {
        let status = self.status();
        let text = match &self {
            Self::NoCommand if !json => help(console.color_err),
            Self::Usage(error) if !json && value_error(error).is_none() => rendered(error, console.color_err),
            _ => self.told().layout(json, console),
        };
        // Nobody can be told when standard error is gone; the status still tells.
        let _ = console.err.write_all(text.as_bytes());
        let _ = console.err.flush();
        status
    }

    fn status(&self) -> u8 {
        match self {
            Self::Registry(error) => match error.category() {
                Category::Failure => FAILURE,
                Category::Usage => USAGE,
                Category::NotFound => NOT_FOUND,
                Category::Conflict => CONFLICT,
            },
            Self::NoCommand | Self::Usage(_) | Self::Request { .. } => USAGE,
            Self::Exec { .. } => FAILURE,
        }
    }

    fn told(&self) -> Told {
        match self {
            Self::Registry(error) => of_registry(error),
            Self::NoCommand => Told {
                code: "usage".into(),
                message: "no command was given".into(),
                hint: "`registry-cli help` shows the commands".into(),
                lines: Vec::new(),
                search: None,
            },
            Self::Usage(error) => value_error(error).unwrap_or_else(|| of_clap(error)),
            Self::Request { code, message, hint } => in_own_words(code, message, hint),
            Self::Exec { message, hint } => in_own_words("exec_failed", message, hint),
        }
    }
}

fn in_own_words(code: &str, message: &str, hint: &str) -> Told {
    Told {
        code: code.to_owned(),
        message: message.to_owned(),
        hint: hint.to_owned(),
        lines: Vec::new(),
        search: None,
    }
}

fn of_registry(error: &Error) -> Told {
    let refusal = match error {
        Error::BulkStopped { source, .. } => source.as_ref(),
        other => other,
    };
    let lines = match refusal {
        Error::Bulk { failures, .. } => failures
            .iter()
            .map(|failure| {
                let error = &failure.error;
                json!({ "line": failure.line, "code": error.code(), "message": error.to_string(), "hint": error.hint() })
            })
            .collect(),
        _ => Vec::new(),
    };
    Told {
        code: error.code().to_owned(),
        message: error.to_string(),
        hint: error.hint(),
        lines,
        search: match error {
            Error::Search(error) => Some(error.clone()),
            _ => None,
        },
    }
}

/// The registry's own words where an argument's value broke a rule of the domain.
fn value_error(error: &clap::Error) -> Option<Told> {
    let source = std::error::Error::source(error)?;
    if let Some(error) = source.downcast_ref::<Error>() {
        return Some(of_registry(error));
    }
    let error = source.downcast_ref::<ConfigHashError>()?;
    Some(of_registry(&Error::Config(error.clone())))
}

fn of_clap(error: &clap::Error) -> Told {
    let text = error.render().to_string();
    let message = first_paragraph(&text);
    let hint = match error.get(ContextKind::Usage) {
        Some(usage) => usage.to_string().split_whitespace().collect::<Vec<_>>().join(" "),
        None => "`registry-cli help` shows the commands".to_owned(),
    };
    Told {
        code: "usage".into(),
        message,
        hint,
        lines: Vec::new(),
        search: None,
    }
}

fn first_paragraph(text: &str) -> String {
    let text = text.strip_prefix("error: ").unwrap_or(text);
    let lines = text.lines().take_while(|line| !line.is_empty());
    lines.map(str::trim).collect::<Vec<_>>().join(" ")
}

fn help(color: bool) -> String {
    let help = crate::definition().render_help();
    if color {
        help.ansi().to_string()
    } else {
        help.to_string()
    }
}

fn rendered(error: &clap::Error, color: bool) -> String {
    if color {
        error.render().ansi().to_string()
    } else {
        error.render().to_string()
    }
}

impl Told {
    fn layout(self, json: bool, console: &Console<'_>) -> String {
        if json {
            let mut error = json!({ "code": self.code, "message": self.message, "hint": self.hint });
            if !self.lines.is_empty() {
                error["lines"] = Value::Array(self.lines);
            }
            return format!("{}\n", json!({ "error": error }));
        }
        let message = match &self.search {
            Some(error) => search_error(error, &console.screen_of_errors()),
            None if self.lines.is_empty() => self.message,
            None => with_hints(&self.message, &self.lines),
        };
        labelled("error", AnsiColor::Red, &message, console)
            + &labelled("hint", AnsiColor::Cyan, &self.hint, console)
    }
}

/// The refused lines below the first sentence of the message, each with its hint where it was not given yet.
fn with_hints(message: &str, lines: &[Value]) -> String {
    let mut told = message.lines().next().unwrap_or_default().to_owned();
    let mut given = HashSet::new();
    for line in lines {
        let text = |part: &str| line[part].as_str().unwrap_or_default();
        told = format!("{told}\n  line {}: {}", line["line"], text("message"));
        if given.insert(text("hint")) {
            told = format!("{told}\n    hint: {}", text("hint"));
        }
    }
    told
}

/// A line on standard error such as `hint: try again`, its label in colour where colour may be used.
pub(crate) fn labelled(label: &str, color: AnsiColor, text: &str, console: &Console<'_>) -> String {
    let screen = console.screen_of_errors();
    let style = if screen.color {
        Style::new().bold().fg_color(Some(color.into()))
    } else {
        Style::new()
    };
    format!("{style}{label}:{style:#} {}\n", plain_lines(text, &screen))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_follows_the_category() {
        let not_found = Error::ModelNotFound { wanted: "7".into() };
        assert_eq!(Failure::from(not_found).status(), 3);
        assert_eq!(Failure::from(Error::EmptyUpdate).status(), 2);
        assert_eq!(Failure::from(Error::FileExists { path: "a".into() }).status(), 4);
        assert_eq!(Failure::from(Error::Busy { location: "a".into() }).status(), 1);
        assert_eq!(Failure::usage("a", "b").status(), 2);
    }

    #[test]
    fn a_hint_is_given_once() {
        let lines = [(2, "b"), (4, "c"), (7, "b")];
        let lines = lines.map(|(line, hint)| json!({ "line": line, "message": "no", "hint": hint }));
        assert_eq!(
            with_hints("3 were refused\n  line 2: no", &lines),
            "3 were refused\n  line 2: no\n    hint: b\n  line 4: no\n    hint: c\n  line 7: no"
        );
    }

    #[test]
    fn json_names_code_message_and_hint() {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let console = Console::plain(&mut out, &mut err);
        let text = Failure::usage("wrong", "do it right")
            .told()
            .layout(true, &console);
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            value,
            json!({ "error": { "code": "usage", "message": "wrong", "hint": "do it right" } })
        );
    }
}
