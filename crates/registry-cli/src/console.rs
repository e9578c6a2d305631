//! Where a command line reads and writes, and what the place can show.

use std::io::{IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};

use crate::render::Screen;

/// The streams of a command line and what they can show.
#[expect(
    clippy::struct_excessive_bools,
    reason = "four independent facts about the surroundings, each read by name"
)]
pub struct Console<'a> {
    /// For the answer.
    pub out: &'a mut dyn Write,
    /// For errors, hints, warnings, questions and progress.
    pub err: &'a mut dyn Write,
    /// Columns of the terminal; `usize::MAX` where there is none.
    pub width: usize,
    /// The answer may use colour.
    pub color_out: bool,
    /// Errors and hints may use colour.
    pub color_err: bool,
    /// The reader can show more than ASCII.
    pub unicode: bool,
    /// Somebody is there to answer a question.
    pub interactive: bool,
}

impl<'a> Console<'a> {
    /// The console of this process: colour by `NO_COLOR`, `CLICOLOR_FORCE` and `TERM`, width by the terminal or
    /// `COLUMNS`, Unicode by the locale.
    pub fn of_process(out: &'a mut std::io::Stdout, err: &'a mut std::io::Stderr) -> Self {
        let color_out = AutoStream::choice(out) != ColorChoice::Never;
        let color_err = AutoStream::choice(err) != ColorChoice::Never;
        let interactive = std::io::stdin().is_terminal() && err.is_terminal();
        Self {
            width: width(out.is_terminal()),
            out,
            err,
            color_out,
            color_err,
            unicode: cfg!(windows) || speaks_unicode(&locale()),
            interactive,
        }
    }

    /// A console without a terminal: no colour, no questions, nothing cut or wrapped.
    pub fn plain(out: &'a mut dyn Write, err: &'a mut dyn Write) -> Self {
        Self {
            out,
            err,
            width: usize::MAX,
            color_out: false,
            color_err: false,
            unicode: true,
            interactive: false,
        }
    }

    /// What texts on standard error are made for.
    pub(crate) fn screen_of_errors(&self) -> Screen {
        Screen {
            width: self.width,
            color: self.color_err,
            unicode: self.unicode,
            utc: true,
        }
    }
}

fn width(terminal: bool) -> usize {
    let asked = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok());
    let seen = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    let width = if terminal { asked.or_else(seen) } else { asked };
    width.filter(|width| *width > 0).unwrap_or(usize::MAX)
}

/// The locale for characters, as POSIX chooses it.
fn locale() -> String {
    ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty())
        .unwrap_or_default()
}

fn speaks_unicode(locale: &str) -> bool {
    let locale = locale.to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locale_decides_on_unicode() {
        for locale in ["en_US.UTF-8", "C.utf8", "de_DE.UTF-8@euro"] {
            assert!(speaks_unicode(locale), "{locale}");
        }
        for locale in ["", "C", "POSIX", "de_DE.ISO-8859-1"] {
            assert!(!speaks_unicode(locale), "{locale}");
        }
    }
}
