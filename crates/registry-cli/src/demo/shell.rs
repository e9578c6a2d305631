//! The demo's commands: shown as a user would type them, run by the program's own entry point.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::io;

use registry_connect::Location;
use registry_core::Error;
use serde_json::{Value, json};

use crate::console::Console;
use crate::render::Screen;
use crate::render::text::{Emphasis, emphasize};

/// A command line is broken before this column, where the screen isn't narrower.
const WIDEST: usize = 100;
/// Breaking before this column would not make a line easier to read.
const NARROWEST: usize = 60;

/// What was run and what it said.
pub(super) struct Shell {
    database: Location,
    screen: Screen,
    /// What a person reads.
    pub(super) text: String,
    /// The same for a program.
    pub(super) steps: Vec<Value>,
}

impl Shell {
    pub(super) fn new(database: Location, screen: Screen) -> Self {
        Self {
            database,
            screen,
            text: String::new(),
            steps: Vec::new(),
        }
    }

    /// A line of prose.
    pub(super) fn say(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// Runs a command and keeps what it printed.
    ///
    /// # Errors
    /// When the command fails.
    pub(super) fn run(&mut self, arguments: &[&str]) -> Result<(), Error> {
        let database = self.database.to_string();
        let mut line = vec!["registry-cli", "--db", &database];
        if self.screen.utc {
            line.push("--utc");
        }
        line.extend(arguments);
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut console = Console {
            width: self.screen.width,
            color_out: self.screen.color,
            color_err: self.screen.color,
            unicode: self.screen.unicode,
            ..Console::plain(&mut out, &mut err)
        };
        let words: Vec<OsString> = line.iter().map(OsString::from).collect();
        let status = crate::run_on(Some(&self.database), &words, &mut console);
        let (out, err) = (String::from_utf8_lossy(&out), String::from_utf8_lossy(&err));
        if status != 0 {
            return Err(Error::Storage {
                action: format!("run `{}`", typed(&line, usize::MAX)),
                source: Box::new(io::Error::other(err.trim_end().to_owned())),
            });
        }
        let width = self.screen.width.clamp(NARROWEST, WIDEST);
        let prompt = emphasize(
            &format!("$ {}", typed(&line, width - 4)),
            Emphasis::Strong,
            &self.screen,
        );
        let _ = write!(self.text, "{prompt}\n{out}{err}\n");
        self.steps
            .push(json!({ "command": line, "output": out, "notes": err }));
        Ok(())
    }
}

/// A command line that can be pasted into a shell, broken with backslashes before it gets too wide.
pub(super) fn typed(arguments: &[&str], widest: usize) -> String {
    let mut line = String::new();
    let mut width = 0;
    for (place, argument) in arguments.iter().enumerate() {
        let word = quoted(argument);
        let value = place
            .checked_sub(1)
            .is_some_and(|before| arguments[before].starts_with("--"));
        // An option stays on one line with its value.
        let next = arguments
            .get(place + 1)
            .filter(|next| argument.starts_with("--") && !next.starts_with("--"));
        let needed = word.len() + next.map_or(0, |next| quoted(next).len() + 1);
        if place > 0 && !value && width + 1 + needed > widest {
            line.push_str(" \\\n   ");
            width = 3;
        }
        if place > 0 {
            line.push(' ');
            width += 1;
        }
        line.push_str(&word);
        width += word.len();
    }
    line
}

/// An argument as one word of a POSIX shell.
pub(super) fn quoted(argument: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:,%@".contains(c);
    if !argument.is_empty() && argument.chars().all(plain) {
        argument.to_owned()
    } else {
        format!("'{}'", argument.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_quoted_for_a_shell() {
        for (argument, word) in [
            ("gpt-small@1.0.0", "gpt-small@1.0.0"),
            (r#"{"a":1}"#, r#"'{"a":1}'"#),
            ("it's", r"'it'\''s'"),
            ("", "''"),
            ("gpt@^1", "'gpt@^1'"),
        ] {
            assert_eq!(quoted(argument), word);
        }
    }

    #[test]
    fn long_lines_break_before_an_option_and_not_before_its_value() {
        let line = [
            "registry-cli",
            "register",
            "--name",
            "a",
            "--metrics",
            r#"{"a":1}"#,
            "--yes",
        ];
        assert_eq!(
            typed(&line, 32),
            "registry-cli register --name a \\\n    --metrics '{\"a\":1}' --yes"
        );
        assert_eq!(typed(&["a", "b"], 1), "a \\\n    b");
    }
}
