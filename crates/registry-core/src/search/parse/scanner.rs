//! Reads words, quoted texts, symbols and fields off a search text. What a character means depends on what the
//! grammar looks for: `*` is part of a value, and of an operator.

use std::ops::Range;

use crate::search::error::{SearchError, SearchProblem};
use crate::search::field::{EXPECTED, Field, Step};

/// A search text and how far it was read.
#[derive(Debug, Clone)]
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at == self.text.len()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn skip_blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    /// Takes the character if it is next.
    pub(super) fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    /// Takes characters as long as they are of a kind.
    pub(super) fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// The next word of letters, digits, `_` and `-`, left where it is.
    pub(super) fn peek_word(&self) -> &'a str {
        self.clone().take_while(is_word)
    }

    /// Takes the keyword, in any case, if it is the next word.
    pub(super) fn eat_keyword(&mut self, keyword: &str) -> bool {
        let word = self.peek_word();
        let found = word.eq_ignore_ascii_case(keyword);
        if found {
            self.at += word.len();
        }
        found
    }

    /// The error at a place that was read already.
    pub(super) fn place(&self, error: SearchError, bytes: Range<usize>) -> SearchError {
        error.at(self.text, bytes)
    }

    /// What stands here, or behind the blanks here, is not what is needed.
    pub(super) fn unexpected(&self, expected: &str) -> SearchError {
        let mut ahead = self.clone();
        ahead.skip_blanks();
        let start = ahead.at;
        if ahead.is_at_end() {
            let error = SearchError::new(SearchProblem::EndsEarly).expecting(expected);
            return self.place(error, start..start);
        }
        if ahead.take_while(is_value).is_empty() {
            ahead.at += ahead.peek().map_or(0, char::len_utf8);
        }
        let problem = SearchProblem::Unexpected {
            found: self.text[start..ahead.at].into(),
        };
        self.place(SearchError::new(problem).expecting(expected), start..ahead.at)
    }

    /// Reads a bare value: what stands up to the next blank, parenthesis, comma, quote or comparison.
    pub(super) fn bare_value(&mut self) -> &'a str {
        self.take_while(is_value)
    }

    /// Reads a text in quotes, either kind.
    pub(super) fn quoted(&mut self) -> Result<String, SearchError> {
        let start = self.at;
        let quote = self.peek().unwrap_or('"');
        self.eat(quote);
        let mut text = String::new();
        loop {
            let at = self.at;
            let Some(c) = self.peek() else {
                let error =
                    SearchError::new(SearchProblem::UnclosedQuote).expecting(format!("a closing `{quote}`"));
                return Err(self.place(error, start..self.text.len()));
            };
            self.at += c.len_utf8();
            match c {
                '\\' => {
                    let meant = self.escape().ok_or_else(|| {
                        let found = self.text[at..self.at].into();
                        let error = SearchError::new(SearchProblem::UnknownEscape { found })
                            .expecting(r#"`\\`, `\"`, `\'`, `\n`, `\t`, `\r` or `\u{...}`"#);
                        self.place(error, at..self.at)
                    })?;
                    text.push(meant);
                }
                c if c == quote => return Ok(text),
                c => text.push(c),
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        match c {
            '\\' | '"' | '\'' => Some(c),
            'n' => Some('\n'),
            't' => Some('\t'),
            'r' => Some('\r'),
            'u' if self.eat('{') => {
                let digits = self.take_while(|c| c.is_ascii_hexdigit());
                let code = u32::from_str_radix(digits, 16).ok()?;
                char::from_u32(code).filter(|_| self.eat('}'))
            }
            _ => None,
        }
    }

    /// Reads a field: a name, then parts behind dots, quoted or not, and indexes in brackets.
    pub(super) fn field(&mut self) -> Result<(Field, Range<usize>), SearchError> {
        let start = self.at;
        let first = self.take_while(is_part);
        if first.is_empty() {
            return Err(self.unexpected(EXPECTED));
        }
        let mut rest = Vec::new();
        loop {
            if self.eat('.') {
                let part = match self.peek() {
                    Some('"' | '\'') => self.quoted()?,
                    _ => match self.take_while(is_part) {
                        "" => {
                            return Err(
                                self.unexpected("a name behind the dot, in quotes if it is an odd one")
                            );
                        }
                        part => part.to_owned(),
                    },
                };
                rest.push(Step::Key(part));
            } else if self.eat('[') {
                rest.push(Step::Index(self.index()?));
            } else {
                break;
            }
        }
        let bytes = start..self.at;
        let field = Field::from_parts(first, rest).map_err(|error| self.place(error, bytes.clone()))?;
        Ok((field, bytes))
    }

    fn index(&mut self) -> Result<u32, SearchError> {
        let start = self.at;
        let digits = self.take_while(|c| c.is_ascii_digit());
        let index = digits.parse().map_err(|_| {
            if digits.is_empty() {
                return self.unexpected("the index of an element, from 0");
            }
            let error = SearchError::unfit(digits, "the index is too large");
            self.place(error, start..self.at)
        })?;
        if self.eat(']') {
            Ok(index)
        } else {
            Err(self.unexpected("`]`"))
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-')
}

/// Characters of a bare value.
fn is_value(c: char) -> bool {
    !c.is_whitespace() && !c.is_control() && !"()=!<>,\"'&|".contains(c)
}

/// Characters of a bare part of a field.
fn is_part(c: char) -> bool {
    is_value(c) && !".[]~*".contains(c)
}
