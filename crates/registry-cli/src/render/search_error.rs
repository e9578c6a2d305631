//! A search that cannot be understood: the line, with carets below the place.

use std::fmt::Write as _;

use registry_core::search::{Place, SearchError};

use super::Screen;
use super::text::{Glyph, columns, plain};

/// What stands before a line of the search.
const MARGIN: &str = "  | ";
/// The narrowest line of a search.
const NARROWEST: usize = 20;

/// What is wrong, where, what was expected and what was probably meant.
pub fn search_error(error: &SearchError, screen: &Screen) -> String {
    // Writing to a text cannot fail.
    let mut text = plain(&error.problem().to_string(), screen);
    if let Some(place) = error.place() {
        text.push('\n');
        text.push_str(&line(place, screen));
    }
    if let Some(expected) = error.expected() {
        let _ = write!(text, "\n  = expected {}", plain(expected, screen));
    }
    if let Some(suggestion) = error.suggestion() {
        let _ = write!(text, "\n  = did you mean `{}`?", plain(suggestion, screen));
    }
    text
}

/// The line as this screen shows it, cut where it is too wide, and the carets below it.
fn line(place: &Place, screen: &Screen) -> String {
    let (before, marked, after) = place.parts();
    let cells = |text: &str| text.chars().map(|c| shown(c, screen)).collect::<Vec<String>>();
    let (mut before, marked) = (cells(before), cells(marked));
    let mut rest = cells(after);
    let room = screen.width.saturating_sub(MARGIN.len()).max(NARROWEST);
    let ellipsis = Glyph::Ellipsis.on(screen);
    let mut cut_before = false;
    while width(&before) > room / 2 && width(&before) + width(&marked) + width(&rest) > room {
        before.remove(0);
        cut_before = true;
    }
    let start = if cut_before { ellipsis } else { "" };
    let mut marked_shown = marked;
    let mut cut_after = false;
    let total = |marked: &[String], rest: &[String], cut: bool| {
        let end = if cut { columns(ellipsis) } else { 0 };
        columns(start) + width(&before) + width(marked) + width(rest) + end
    };
    while total(&marked_shown, &rest, cut_after) > room {
        if rest.pop().is_none() && (marked_shown.len() <= 1 || marked_shown.pop().is_none()) {
            break;
        }
        cut_after = true;
    }
    let end = if cut_after { ellipsis } else { "" };
    let carets = width(&marked_shown).max(1);
    let indent = columns(start) + width(&before);
    format!(
        "{MARGIN}{start}{}{}{}{end}\n{MARGIN}{}{}",
        before.concat(),
        marked_shown.concat(),
        rest.concat(),
        " ".repeat(indent),
        "^".repeat(carets)
    )
}

fn shown(c: char, screen: &Screen) -> String {
    if c == '…' {
        return Glyph::Ellipsis.on(screen).to_owned();
    }
    plain(c.encode_utf8(&mut [0; 4]), screen)
}

fn width(cells: &[String]) -> usize {
    cells.iter().map(|cell| columns(cell)).sum()
}

#[cfg(test)]
mod tests {
    use registry_core::search::Filter;

    use super::*;
    use crate::render::testing::{ASCII, WIDE};

    fn told(query: &str, screen: &Screen) -> String {
        search_error(&Filter::parse(query).unwrap_err(), screen)
    }

    #[test]
    fn carets_stand_below_the_place() {
        assert_eq!(
            told("tag = x and nam = gpt", &WIDE),
            "\
there is no field `nam`
  | tag = x and nam = gpt
  |             ^^^
  = did you mean `name`?"
        );
    }

    #[test]
    fn wide_and_escaped_characters_move_the_carets() {
        let query = "tag = \"模型ü\" and nam = gpt";
        let wide = told(query, &WIDE);
        let lines: Vec<&str> = wide.lines().collect();
        assert_eq!(lines[2].find('^').unwrap(), columns("  | tag = \"模型ü\" and "));
        let ascii = told(query, &ASCII);
        let lines: Vec<&str> = ascii.lines().collect();
        assert_eq!(lines[2].find('^'), lines[1].find("nam"), "{ascii}");
    }

    #[test]
    fn a_narrow_screen_cuts_around_the_place() {
        let query = format!("tag = {} and nam = {}", "x".repeat(40), "y".repeat(40));
        let narrow = Screen { width: 40, ..ASCII };
        let told = told(&query, &narrow);
        let lines: Vec<&str> = told.lines().collect();
        assert!(lines[1..3].iter().all(|line| line.len() <= 40), "{told}");
        assert_eq!(lines[2].find('^'), lines[1].find("nam"), "{told}");
    }
}
