//! Filters as text. Parsing the text gives the same filter again.

use std::fmt::{Display, Formatter, Write as _};

use super::field::{Field, NumberField};
use super::filter::{Filter, Node};
use super::parse::is_keyword;
use super::test::{Literal, Operand, Test};
use super::value::number_text;

impl Display for Filter {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        match self.node() {
            Node::All(filters) => write_group(
                filters,
                " and ",
                |filter| matches!(filter.node(), Node::Any(_)),
                f,
            ),
            Node::Any(filters) => write_group(filters, " or ", |_| false, f),
            Node::Not(filter) => {
                f.write_str("not ")?;
                write_inner(filter, matches!(filter.node(), Node::All(_) | Node::Any(_)), f)
            }
            Node::Test(test) => test.fmt(f),
        }
    }
}

fn write_group(
    filters: &[Filter],
    between: &str,
    in_parentheses: fn(&Filter) -> bool,
    f: &mut Formatter<'_>,
) -> std::fmt::Result {
    for (at, filter) in filters.iter().enumerate() {
        if at > 0 {
            f.write_str(between)?;
        }
        write_inner(filter, in_parentheses(filter), f)?;
    }
    Ok(())
}

fn write_inner(filter: &Filter, in_parentheses: bool, f: &mut Formatter<'_>) -> std::fmt::Result {
    if in_parentheses {
        write!(f, "({filter})")
    } else {
        filter.fmt(f)
    }
}

impl Display for Test {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let field = self.field();
        let (operator, operand) = self.parts();
        write!(f, "{field} {}", operator.as_str())?;
        match operand {
            Operand::None => Ok(()),
            Operand::One(literal) => {
                f.write_char(' ')?;
                write_literal(&field, &literal, f)
            }
            Operand::List(literals) => {
                f.write_str(" (")?;
                for (at, literal) in literals.iter().enumerate() {
                    if at > 0 {
                        f.write_str(", ")?;
                    }
                    write_literal(&field, literal, f)?;
                }
                f.write_char(')')
            }
        }
    }
}

fn write_literal(field: &Field, literal: &Literal, f: &mut Formatter<'_>) -> std::fmt::Result {
    match literal {
        Literal::Word(word) => f.write_str(word),
        // A bare word in metadata may be a number, true or false: a text is always quoted there.
        Literal::Text(text) if is_plain(text) && !matches!(field, Field::Metadata(_)) => f.write_str(text),
        Literal::Text(text) => write_quoted(text, f),
        Literal::Integer(number) => number.fmt(f),
        Literal::Number(number) => {
            f.write_str(&number_text(*number))?;
            f.write_str(match field {
                Field::Number(NumberField::Size) => " MB",
                Field::Number(NumberField::Memory) => " GB",
                _ => "",
            })
        }
        Literal::Boolean(value) => value.fmt(f),
    }
}

/// Whether a text needs no quotes.
fn is_plain(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ':' | '@' | '+'))
        && !is_keyword(text)
}

/// Writes a text in double quotes.
pub(super) fn write_quoted(text: &str, f: &mut Formatter<'_>) -> std::fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\t' => f.write_str("\\t")?,
            '\r' => f.write_str("\\r")?,
            c if c.is_control() => write!(f, "\\u{{{:x}}}", u32::from(c))?,
            c => f.write_char(c)?,
        }
    }
    f.write_char('"')
}
