//! The grammar: `or` of `and` of `not`, parentheses and comparisons.

use super::scanner::Scanner;
use super::value::{list, value};
use crate::search::error::{SearchError, SearchProblem};
use crate::search::field::Field;
use crate::search::filter::Filter;
use crate::search::limits;
use crate::search::test::{Operand, Operator, Test};

/// Operators of other languages, and what they are called here.
const FOREIGN: &[(&str, &str)] = &[
    ("==", "="),
    ("===", "="),
    ("<>", "!="),
    ("!==", "!="),
    ("=<", "<="),
    ("=>", ">="),
    ("=~", "~"),
    ("~=", "~"),
    ("!~", "not FIELD ~"),
    ("!", "not"),
    ("&&", "and"),
    ("&", "and"),
    ("||", "or"),
    ("|", "or"),
];

/// Words of other languages in the place of an operator.
const FOREIGN_WORDS: &[(&str, &str)] = &[
    ("is", "="),
    ("eq", "="),
    ("equals", "="),
    ("like", "~"),
    ("ilike", "~*"),
    ("glob", "~"),
    ("matches", "~"),
    ("contains", "~"),
    ("exist", "exists"),
    ("notin", "not-in"),
];

const OPERATOR: &str = "an operator: `=` `!=` `<` `<=` `>` `>=` `in` `not-in` `~` `~*` `exists`";

/// Reads a filter up to the end of the text.
pub(super) fn filter(scanner: &mut Scanner<'_>) -> Result<Filter, SearchError> {
    let filter = any(scanner, 0)?;
    if scanner.is_at_end() {
        return Ok(filter);
    }
    Err(foreign_symbol(scanner).unwrap_or_else(|| scanner.unexpected("`and`, `or` or the end")))
}

fn any(scanner: &mut Scanner<'_>, depth: usize) -> Result<Filter, SearchError> {
    joined(scanner, "or", Filter::any, |scanner| all(scanner, depth))
}

fn all(scanner: &mut Scanner<'_>, depth: usize) -> Result<Filter, SearchError> {
    joined(scanner, "and", Filter::all, |scanner| unary(scanner, depth))
}

fn joined(
    scanner: &mut Scanner<'_>,
    keyword: &str,
    join: fn(Vec<Filter>) -> Option<Filter>,
    mut member: impl FnMut(&mut Scanner<'_>) -> Result<Filter, SearchError>,
) -> Result<Filter, SearchError> {
    let mut members = Vec::new();
    loop {
        members.push(member(scanner)?);
        scanner.skip_blanks();
        if !scanner.eat_keyword(keyword) {
            return join(members).ok_or_else(|| scanner.unexpected("a comparison"));
        }
    }
}

fn unary(scanner: &mut Scanner<'_>, depth: usize) -> Result<Filter, SearchError> {
    scanner.skip_blanks();
    let start = scanner.at();
    let deeper = |scanner: &Scanner<'_>| {
        if depth < limits::MAX_NESTING {
            return Ok(depth + 1);
        }
        let error = SearchError::new(SearchProblem::TooDeep);
        Err(scanner.place(error, start..scanner.at()))
    };
    if scanner.eat_keyword("not") {
        let depth = deeper(scanner)?;
        return Ok(!unary(scanner, depth)?);
    }
    if scanner.eat('(') {
        let depth = deeper(scanner)?;
        let filter = any(scanner, depth)?;
        if scanner.eat(')') {
            return Ok(filter);
        }
        if scanner.is_at_end() {
            let error = SearchError::new(SearchProblem::UnclosedParenthesis).expecting("`)`");
            return Err(scanner.place(error, start..start + 1));
        }
        return Err(foreign_symbol(scanner).unwrap_or_else(|| scanner.unexpected("`and`, `or` or `)`")));
    }
    if let Some(error) = foreign_symbol(scanner) {
        return Err(error);
    }
    if super::is_keyword(scanner.peek_word()) {
        return Err(scanner.unexpected("a comparison, `not` or `(`"));
    }
    test(scanner)
}

/// Reads one comparison.
fn test(scanner: &mut Scanner<'_>) -> Result<Filter, SearchError> {
    let (field, _) = scanner.field()?;
    scanner.skip_blanks();
    let start = scanner.at();
    let operator = operator(scanner)?;
    let operator_end = scanner.at();
    // An operator that the field does not have is reported before its value is read, and at its own place.
    let whole = start..operator_end;
    let (operand, place) = match operator {
        Operator::Exists => (Operand::None, whole.clone()),
        Operator::In | Operator::NotIn => {
            scanner.skip_blanks();
            let start = scanner.at();
            let operand = if field == Field::Version && scanner.peek() != Some('(') {
                Operand::One(value(scanner, &field)?)
            } else {
                Operand::List(list(scanner, &field, operator)?)
            };
            (operand, start..scanner.at())
        }
        _ => {
            scanner.skip_blanks();
            let start = scanner.at();
            let value = value(scanner, &field)?;
            (Operand::One(value), start..scanner.at())
        }
    };
    Test::new(&field, operator, operand)
        .map(Filter::from)
        .map_err(|error| {
            let place = if matches!(error.problem(), SearchProblem::UnfitOperator { .. }) {
                whole
            } else {
                place
            };
            scanner.place(error, place)
        })
}

fn operator(scanner: &mut Scanner<'_>) -> Result<Operator, SearchError> {
    let start = scanner.at();
    if scanner.eat('~') {
        if scanner.peek() == Some('=') {
            return Err(unknown_operator(scanner, start, "~=", FOREIGN));
        }
        return Ok(if scanner.eat('*') {
            Operator::GlobIgnoringCase
        } else {
            Operator::Glob
        });
    }
    let symbol = scanner.clone().take_while(is_symbol);
    if !symbol.is_empty() {
        // A `~` behind the symbols may begin a value, as in `version in ~1.2`, but not behind `=` or `!`.
        let with_tilde = scanner.clone().take_while(|c| is_symbol(c) || c == '~');
        return match Operator::parse(symbol) {
            Some(operator) if FOREIGN.iter().all(|(foreign, _)| *foreign != with_tilde) => {
                scanner.take_while(is_symbol);
                Ok(operator)
            }
            _ => Err(unknown_operator(scanner, start, with_tilde, FOREIGN)),
        };
    }
    let word = scanner.peek_word();
    if word.is_empty() {
        return Err(scanner.unexpected(OPERATOR));
    }
    for (keyword, operator) in [
        ("in", Operator::In),
        ("not-in", Operator::NotIn),
        ("exists", Operator::Exists),
    ] {
        if scanner.eat_keyword(keyword) {
            return Ok(operator);
        }
    }
    if scanner.eat_keyword("not") {
        scanner.skip_blanks();
        if scanner.eat_keyword("in") {
            return Ok(Operator::NotIn);
        }
        return Err(scanner.unexpected("`in`; elsewhere `not` stands before the field"));
    }
    if super::is_keyword(word) {
        return Err(scanner.unexpected(OPERATOR));
    }
    Err(unknown_operator(scanner, start, word, FOREIGN_WORDS))
}

fn is_symbol(c: char) -> bool {
    "=!<>&|".contains(c)
}

fn unknown_operator(
    scanner: &Scanner<'_>,
    start: usize,
    found: &str,
    known: &[(&str, &'static str)],
) -> SearchError {
    let meant = known
        .iter()
        .find(|(foreign, _)| foreign.eq_ignore_ascii_case(found))
        .map(|(_, ours)| *ours);
    let error = SearchError::new(SearchProblem::UnknownOperator { found: found.into() })
        .expecting(OPERATOR)
        .suggesting(meant);
    scanner.place(error, start..start + found.len())
}

/// `&&`, `||` or `!` where a comparison or `and` should stand.
fn foreign_symbol(scanner: &Scanner<'_>) -> Option<SearchError> {
    let found = scanner.clone().take_while(|c| "&|!".contains(c));
    (!found.is_empty()).then(|| {
        let meant = FOREIGN
            .iter()
            .find(|(foreign, _)| *foreign == found)
            .map(|(_, ours)| *ours);
        let error = SearchError::new(SearchProblem::UnknownOperator { found: found.into() })
            .expecting("`and`, `or` or `not`")
            .suggesting(meant);
        scanner.place(error, scanner.at()..scanner.at() + found.len())
    })
}
