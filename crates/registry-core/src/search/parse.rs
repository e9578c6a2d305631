//! From text to filter: a scanner that reads what the grammar asks for, and a recursive descent over it.

mod grammar;
mod scanner;
#[cfg(test)]
mod tables;
mod value;

use super::error::{SearchError, SearchProblem};
use super::field::Field;
use super::filter::Filter;
use super::limits;
use scanner::Scanner;

/// Words with a meaning of their own, in any case; as values they need quotes.
const KEYWORDS: [&str; 6] = ["and", "or", "not", "in", "not-in", "exists"];

/// Whether the word is a keyword.
pub(super) fn is_keyword(word: &str) -> bool {
    KEYWORDS.iter().any(|keyword| keyword.eq_ignore_ascii_case(word))
}

/// Reads a whole filter.
pub(super) fn filter(text: &str) -> Result<Filter, SearchError> {
    check_length(text)?;
    let mut scanner = Scanner::new(text);
    scanner.skip_blanks();
    if scanner.is_at_end() {
        return Err(
            SearchError::new(SearchProblem::Empty).expecting("a comparison, such as `tag = production`")
        );
    }
    let filter = grammar::filter(&mut scanner)?;
    filter.check_limits()?;
    Ok(filter)
}

/// Reads a field and nothing else.
pub(super) fn field(text: &str) -> Result<Field, SearchError> {
    check_length(text)?;
    let mut scanner = Scanner::new(text);
    let (field, _) = scanner.field()?;
    if scanner.is_at_end() {
        Ok(field)
    } else {
        Err(scanner.unexpected("nothing behind the field"))
    }
}

fn check_length(text: &str) -> Result<(), SearchError> {
    if text.len() > limits::MAX_BYTES {
        return Err(SearchError::new(SearchProblem::TooLong { bytes: text.len() }));
    }
    Ok(())
}
