//! A place in a search text, and how it is shown.

use std::fmt::{Display, Formatter};
use std::ops::Range;

use serde::{Deserialize, Serialize};

/// How many characters of the line are shown on each side of the place.
const AROUND: usize = 60;
/// The longest row of carets.
const CARETS: usize = 40;

/// A place in a search text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Told")]
pub struct Place {
    bytes: Range<usize>,
    line: usize,
    column: usize,
    shown: String,
    caret: usize,
    carets: usize,
}

/// A place as another program tells it: what is drawn of it has its bounds here too.
#[derive(Deserialize)]
struct Told {
    bytes: Range<usize>,
    line: usize,
    column: usize,
    shown: String,
    caret: usize,
    carets: usize,
}

impl From<Told> for Place {
    fn from(told: Told) -> Self {
        Self {
            bytes: told.bytes,
            line: told.line,
            column: told.column,
            shown: told.shown.chars().take(2 * AROUND + 2).map(visible).collect(),
            caret: told.caret.min(AROUND + 1),
            carets: told.carets.clamp(1, CARETS),
        }
    }
}

impl Place {
    pub(super) fn new(query: &str, bytes: Range<usize>) -> Self {
        let start = floor(query, bytes.start);
        let end = floor(query, bytes.end).max(start);
        let line_start = query[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = query[start..].find('\n').map_or(query.len(), |at| start + at);
        let before: Vec<char> = query[line_start..start].chars().collect();
        let after: Vec<char> = query[start..line_end].chars().collect();
        let skipped = before.len().saturating_sub(AROUND);
        let mut shown = String::new();
        if skipped > 0 {
            shown.push('…');
        }
        shown.extend(before[skipped..].iter().copied().map(visible));
        let caret = shown.chars().count();
        shown.extend(after.iter().take(AROUND).copied().map(visible));
        if after.len() > AROUND {
            shown.push('…');
        }
        let length = query[start..end.min(line_end).max(start)].chars().count();
        Self {
            bytes: start..end,
            line: query[..start].matches('\n').count() + 1,
            column: before.len() + 1,
            shown,
            caret,
            carets: length.clamp(1, CARETS),
        }
    }

    /// Which bytes of the text are meant.
    pub fn bytes(&self) -> Range<usize> {
        self.bytes.clone()
    }

    /// The line, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column in characters, from 1.
    pub fn column(&self) -> usize {
        self.column
    }

    /// The line as it is shown, in three parts: before the place, the place, behind it. An ellipsis stands for what
    /// was cut from a long line.
    pub fn parts(&self) -> (&str, &str, &str) {
        let at = |characters: usize| {
            let mut indices = self.shown.char_indices().map(|(at, _)| at);
            indices.nth(characters).unwrap_or(self.shown.len())
        };
        let (start, end) = (at(self.caret), at(self.caret + self.carets));
        (&self.shown[..start], &self.shown[start..end], &self.shown[end..])
    }
}

fn floor(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// A character as it may be printed: control characters and the invisible direction and line marks would move the
/// caret or the terminal.
fn visible(c: char) -> char {
    match c {
        '\t' => ' ',
        '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' => {
            '\u{FFFD}'
        }
        c if c.is_control() => '\u{FFFD}',
        c => c,
    }
}

impl Display for Place {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "  | {}", self.shown)?;
        write!(f, "  | {}{}", " ".repeat(self.caret), "^".repeat(self.carets))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one() {
        let place = Place::new("name = a\n  and größe = 1", 20..21);
        assert_eq!((place.line(), place.column()), (2, 10));
        assert_eq!(place.to_string(), "  |   and größe = 1\n  |          ^");
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let query = format!("{} ? {}", "x".repeat(500), "y".repeat(500));
        let place = Place::new(&query, 501..502);
        let text = place.to_string();
        assert!(text.lines().all(|line| line.chars().count() < 140), "{text}");
        let (shown, carets) = text.split_once('\n').unwrap();
        let at = carets.find('^').unwrap();
        assert_eq!(shown.chars().nth(at), Some('?'), "{text}");
    }

    #[test]
    fn a_line_in_three_parts() {
        assert_eq!(Place::new("nam = a", 0..3).parts(), ("", "nam", " = a"));
        assert_eq!(Place::new("größe = ", 8..10).parts(), ("größe ", "= ", ""));
        assert_eq!(Place::new("a =", 3..3).parts(), ("a =", "", ""));
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        assert!(!Place::new("a \u{1b}[31m", 2..3).to_string().contains('\u{1b}'));
    }
}
