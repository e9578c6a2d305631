//! What can be wrong with a search, and where.

mod place;
mod suggest;

pub use place::Place;
pub(crate) use suggest::nearest;

use std::convert::Infallible;
use std::fmt::{Display, Formatter};
use std::ops::Range;

use super::limits;
use crate::error::InvalidValue;

/// The cause of a [`SearchError`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SearchProblem {
    /// There is nothing in the text.
    Empty,
    /// The text ends where more is needed.
    EndsEarly,
    /// Something stands where it makes no sense.
    Unexpected {
        /// What was found.
        found: String,
    },
    /// A quoted text is never closed.
    UnclosedQuote,
    /// A parenthesis is never closed.
    UnclosedParenthesis,
    /// A backslash in a quoted text is followed by something that has no meaning there.
    UnknownEscape {
        /// The backslash and what follows.
        found: String,
    },
    /// There is no such field.
    UnknownField {
        /// The name as it was written.
        found: String,
    },
    /// There is no such operator.
    UnknownOperator {
        /// The operator as it was written.
        found: String,
    },
    /// The field exists, but this operator cannot be used with it.
    UnfitOperator {
        /// The field.
        field: String,
        /// The operator.
        operator: &'static str,
    },
    /// The value is not of the kind that the field needs, or not valid.
    UnfitValue {
        /// The value as it was written.
        value: String,
        /// What is wrong, to complete "`x`: ...".
        problem: String,
    },
    /// The value breaks the rule of its kind.
    Invalid(InvalidValue),
    /// The field has no single value to sort by.
    Unsortable {
        /// The field.
        field: String,
    },
    /// The same field is named twice in one order.
    SortedTwice {
        /// The field.
        field: String,
    },
    /// The JSON form of a filter is not one of its shapes.
    BadShape {
        /// What is wrong.
        problem: String,
    },
    /// The text, or the text that the filter prints as, is too long.
    TooLong {
        /// Its length in bytes.
        bytes: usize,
    },
    /// Parentheses, groups or `not` are nested too deep.
    TooDeep,
    /// There are too many comparisons.
    TooManyTests {
        /// How many there are.
        count: usize,
    },
    /// What another program said.
    Told {
        /// Its sentence.
        sentence: String,
    },
    /// There are too many sort keys.
    TooManySorts {
        /// How many there are.
        count: usize,
    },
}

/// A search that cannot be understood: what is wrong, where, what was expected there, and the nearest thing that
/// would be right.
///
/// `Display` shows the line with a caret below the place:
///
/// ```
/// let error = registry_core::search::Filter::parse("nam = gpt and metrics.val_loss < 0.4").unwrap_err();
/// assert_eq!(error.to_string(), "\
/// there is no field `nam`
///   | nam = gpt and metrics.val_loss < 0.4
///   | ^^^
///   = did you mean `name`?");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchError(Box<Details>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Details {
    problem: SearchProblem,
    place: Option<Place>,
    expected: Option<String>,
    suggestion: Option<String>,
}

impl SearchError {
    pub(crate) fn new(problem: SearchProblem) -> Self {
        Self(Box::new(Details {
            problem,
            place: None,
            expected: None,
            suggestion: None,
        }))
    }

    pub(crate) fn unfit(value: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::new(SearchProblem::UnfitValue {
            value: value.into(),
            problem: problem.into(),
        })
    }

    pub(crate) fn expecting(mut self, expected: impl Into<String>) -> Self {
        self.0.expected = Some(expected.into());
        self
    }

    pub(crate) fn suggesting(mut self, suggestion: Option<impl Into<String>>) -> Self {
        self.0.suggestion = suggestion.map(Into::into);
        self
    }

    /// Names the place, unless a place is named already: the innermost knows best.
    pub(crate) fn at(mut self, query: &str, bytes: Range<usize>) -> Self {
        if self.0.place.is_none() {
            self.0.place = Some(Place::new(query, bytes));
        }
        self
    }

    /// The error that another program told.
    pub(crate) fn told(
        sentence: String,
        place: Option<Place>,
        expected: Option<String>,
        suggestion: Option<String>,
    ) -> Self {
        Self(Box::new(Details {
            problem: SearchProblem::Told { sentence },
            place,
            expected,
            suggestion,
        }))
    }

    /// What is wrong.
    pub fn problem(&self) -> &SearchProblem {
        &self.0.problem
    }

    /// Where it is wrong; `None` for a filter that was built in code or came as JSON.
    pub fn place(&self) -> Option<&Place> {
        self.0.place.as_ref()
    }

    /// What would be right at the place.
    pub fn expected(&self) -> Option<&str> {
        self.0.expected.as_deref()
    }

    /// What was probably meant.
    pub fn suggestion(&self) -> Option<&str> {
        self.0.suggestion.as_deref()
    }
}

impl Display for SearchProblem {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => f.write_str("the search is empty"),
            Self::EndsEarly => f.write_str("the search ends too early"),
            Self::Unexpected { found } => write!(f, "`{}` is not expected here", shown(found)),
            Self::UnclosedQuote => f.write_str("the quoted text is never closed"),
            Self::UnclosedParenthesis => f.write_str("the parenthesis is never closed"),
            Self::UnknownEscape { found } => write!(f, "`{}` has no meaning in a quoted text", shown(found)),
            Self::UnknownField { found } => write!(f, "there is no field `{}`", shown(found)),
            Self::UnknownOperator { found } => write!(f, "there is no operator `{}`", shown(found)),
            Self::UnfitOperator { field, operator } => {
                write!(f, "`{operator}` cannot be used with `{}`", shown(field))
            }
            Self::UnfitValue { value, problem } => write!(f, "`{}`: {problem}", shown(value)),
            Self::Invalid(error) => error.fmt(f),
            Self::Unsortable { field } => {
                write!(f, "`{}` has no single value to sort by", shown(field))
            }
            Self::SortedTwice { field } => write!(f, "`{}` is named twice in the order", shown(field)),
            Self::BadShape { problem } => write!(f, "the filter is malformed: {problem}"),
            Self::TooLong { bytes } => write!(
                f,
                "the search has {bytes} bytes, the limit is {}",
                limits::MAX_BYTES
            ),
            Self::TooDeep => write!(
                f,
                "the search is nested too deep: at most {} parentheses and `not`, {} groups within groups",
                limits::MAX_NESTING,
                limits::MAX_LEVELS
            ),
            Self::TooManyTests { count } => write!(
                f,
                "the search has {count} comparisons, the limit is {}",
                limits::MAX_TESTS
            ),
            Self::Told { sentence } => f.write_str(sentence),
            Self::TooManySorts { count } => write!(
                f,
                "the order has {count} keys, the limit is {}",
                limits::MAX_SORTS
            ),
        }
    }
}

/// Text of the user as part of a sentence: cut, and without control characters.
fn shown(text: &str) -> String {
    const SHOWN: usize = 80;
    let mut shown: String = text.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown.replace("\\\"", "\"").replace("\\'", "'")
}

impl Display for SearchError {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        self.0.problem.fmt(f)?;
        if let Some(place) = &self.0.place {
            write!(f, "\n{place}")?;
        }
        if let Some(expected) = &self.0.expected {
            write!(f, "\n  = expected {expected}")?;
        }
        if let Some(suggestion) = &self.0.suggestion {
            write!(f, "\n  = did you mean `{suggestion}`?")?;
        }
        Ok(())
    }
}

impl std::error::Error for SearchError {}

impl From<Infallible> for SearchError {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

impl From<InvalidValue> for SearchError {
    fn from(error: InvalidValue) -> Self {
        Self::new(SearchProblem::Invalid(error))
    }
}
