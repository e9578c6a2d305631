//! Text that is safe and readable in a terminal: escapes, glyphs with their ASCII stand-ins, wrapping, emphasis.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::Screen;

/// A sign of ours and what stands for it where only ASCII can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glyph {
    /// Before what was done.
    Tick,
    /// A horizontal rule, one column wide.
    Rule,
    /// A branch with others below it.
    Branch,
    /// The last branch.
    LastBranch,
    /// The line past a branch.
    Trunk,
    /// Points at the model that was asked for.
    Pointer,
    /// From an old value to a new one.
    Arrow,
    /// Something was left out.
    Ellipsis,
}

impl Glyph {
    /// The sign as this screen can show it.
    pub fn on(self, screen: &Screen) -> &'static str {
        let (unicode, ascii) = match self {
            Self::Tick => ("✓", "OK:"),
            Self::Rule => ("─", "-"),
            Self::Branch => ("├─ ", "|- "),
            Self::LastBranch => ("└─ ", "`- "),
            Self::Trunk => ("│  ", "|  "),
            Self::Pointer => ("◀", "<--"),
            Self::Arrow => ("→", "->"),
            Self::Ellipsis => ("…", "..."),
        };
        if screen.unicode { unicode } else { ascii }
    }
}

/// How a piece of text stands out, where colour may be used. Nothing is said by emphasis alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Emphasis {
    /// Not at all.
    #[default]
    None,
    /// Titles and headings.
    Strong,
    /// The best value, the promoted tag.
    Good,
    /// Retired models.
    Faint,
}

/// The text with its emphasis, or as it is on a screen without colour.
pub fn emphasize(text: &str, emphasis: Emphasis, screen: &Screen) -> String {
    let code = match emphasis {
        Emphasis::None => "",
        Emphasis::Strong => "1",
        Emphasis::Good => "1;32",
        Emphasis::Faint => "2",
    };
    if screen.color && !code.is_empty() && !text.is_empty() {
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    } else {
        text.to_owned()
    }
}

/// Text that came from outside, on one line: control characters, direction marks and, on an ASCII screen, everything
/// beyond ASCII are shown as escapes (`\u{1b}`), never sent to the terminal.
pub fn plain(text: &str, screen: &Screen) -> String {
    escaped(text, screen, false)
}

/// As [`plain`], with line breaks kept and tabs as blanks.
pub fn plain_lines(text: &str, screen: &Screen) -> String {
    escaped(text, screen, true)
}

fn escaped(text: &str, screen: &Screen, multi_line: bool) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' if multi_line => safe.push('\n'),
            '\r' if multi_line => {}
            '\t' if multi_line => safe.push_str("    "),
            '\n' | '\r' | '\t' => safe.extend(c.escape_default()),
            c if is_hidden(c) || !(screen.unicode || c.is_ascii()) => safe.extend(c.escape_unicode()),
            c => safe.push(c),
        }
    }
    safe
}

/// Characters that a terminal obeys instead of showing them, or that change the order of what it shows.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200E}' | '\u{200F}' | '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}'
            | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// How many columns a text takes.
pub fn columns(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// Breaks a text into lines of at most `width` columns: at blanks where it can, within a word where it must.
/// Line breaks in the text stay.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    text.split('\n')
        .flat_map(|line| wrap_line(line, width.max(1)))
        .collect()
}

fn wrap_line(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_inclusive(' ') {
        if !line.is_empty() && columns(&line) + columns(word.trim_end()) > width {
            lines.push(line.trim_end().to_owned());
            line.clear();
        }
        for c in word.chars() {
            if c != ' ' && columns(&line) + c.width().unwrap_or(0) > width && !line.is_empty() {
                let rest = line.split_off(break_within(&line));
                lines.push(std::mem::replace(&mut line, rest));
            }
            line.push(c);
        }
    }
    lines.push(line.trim_end().to_owned());
    lines
}

/// Where a word that is too long is broken: after the last sign that joins its parts, if there is one not too early.
fn break_within(word: &str) -> usize {
    let joins = |c: char| matches!(c, '-' | '_' | '/' | '@' | ',' | '.' | ':');
    let place = word.rfind(joins).map(|place| place + 1);
    place
        .filter(|place| *place > word.len() / 3)
        .unwrap_or(word.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::testing::{ASCII, WIDE};

    #[test]
    fn nothing_from_outside_reaches_the_terminal_raw() {
        assert_eq!(
            plain("a\u{1b}[31mb\u{7}\n\u{202e}c", &WIDE),
            "a\\u{1b}[31mb\\u{7}\\n\\u{202e}c"
        );
        assert_eq!(plain_lines("a\r\n\tb\u{1b}", &WIDE), "a\n    b\\u{1b}");
        assert_eq!(plain("über/模型", &WIDE), "über/模型");
        assert_eq!(plain("über", &ASCII), "\\u{fc}ber");
    }

    #[test]
    fn wraps_at_blanks_and_within_long_words() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefghij kl", 4), ["abcd", "efgh", "ij", "kl"]);
        assert_eq!(wrap("contract-tagger", 10), ["contract-", "tagger"]);
        assert_eq!(wrap("模型模型", 5), ["模型", "模型"]);
        assert_eq!(wrap("a\nb", 80), ["a", "b"]);
        assert_eq!(wrap("", 10), [""]);
        assert_eq!(wrap("as it is", usize::MAX), ["as it is"]);
    }

    #[test]
    fn emphasis_needs_colour() {
        assert_eq!(emphasize("x", Emphasis::Good, &WIDE), "x");
        let color = Screen { color: true, ..WIDE };
        assert_eq!(emphasize("x", Emphasis::Strong, &color), "\u{1b}[1mx\u{1b}[0m");
    }
}
