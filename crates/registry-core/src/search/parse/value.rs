//! Values: quoted, or bare words that may be followed by a unit.

use super::is_keyword;
use super::scanner::Scanner;
use crate::search::error::SearchError;
use crate::search::field::{Field, NumberField};
use crate::search::test::{Literal, Operator};
use crate::search::value::{Moment, Unit};

/// Reads one value for the field.
pub(super) fn value(scanner: &mut Scanner<'_>, field: &Field) -> Result<Literal, SearchError> {
    const EXPECTED: &str = "a value, in quotes if it has blanks or is a word of the language";
    if matches!(scanner.peek(), Some('"' | '\'')) {
        return scanner.quoted().map(Literal::Text);
    }
    let mut ahead = scanner.clone();
    let word = ahead.bare_value();
    if word.is_empty() || is_keyword(word) {
        return Err(scanner.unexpected(EXPECTED));
    }
    *scanner = ahead;
    let mut whole = word.to_owned();
    match field {
        Field::Number(NumberField::Size | NumberField::Memory) => {
            eat_word(scanner, &mut whole, |word| Unit::parse(word).is_some());
        }
        Field::Time(_) => {
            if word.bytes().all(|byte| byte.is_ascii_digit()) {
                eat_word(scanner, &mut whole, Moment::is_unit);
            }
            eat_word(scanner, &mut whole, |word| word.eq_ignore_ascii_case("ago"));
        }
        _ => {}
    }
    Ok(Literal::Word(whole))
}

/// Takes the next word too if it belongs to the value.
fn eat_word(scanner: &mut Scanner<'_>, whole: &mut String, belongs: impl Fn(&str) -> bool) {
    let mut ahead = scanner.clone();
    ahead.skip_blanks();
    let word = ahead.peek_word();
    if belongs(word) && ahead.eat_keyword(word) {
        whole.push(' ');
        whole.push_str(word);
        *scanner = ahead;
    }
}

/// Reads values in parentheses.
pub(super) fn list(
    scanner: &mut Scanner<'_>,
    field: &Field,
    operator: Operator,
) -> Result<Vec<Literal>, SearchError> {
    if !scanner.eat('(') {
        let expected = format!("values in parentheses, such as `{} (a, b)`", operator.as_str());
        return Err(scanner.unexpected(&expected));
    }
    let mut values = Vec::new();
    loop {
        scanner.skip_blanks();
        values.push(value(scanner, field)?);
        scanner.skip_blanks();
        if scanner.eat(')') {
            return Ok(values);
        }
        if !scanner.eat(',') {
            return Err(scanner.unexpected("`,` or `)`"));
        }
    }
}
