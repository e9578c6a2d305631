//! What a literal means as a value of a kind.

use super::Literal;
use crate::identifier::ModelId;
use crate::search::error::{SearchError, nearest};
use crate::search::field::NumberField;
use crate::search::value::{Comparable, Moment, Number, Scalar, SearchText, Unit};
use crate::status::Status;
use crate::version::{Version, VersionRange};

fn unfit(literal: &Literal, problem: &str, expected: &str) -> SearchError {
    SearchError::unfit(literal.to_string(), problem).expecting(expected)
}

pub(super) fn integer(literal: &Literal) -> Result<i64, SearchError> {
    match literal {
        Literal::Integer(number) => Some(*number),
        Literal::Word(text) => text.parse().ok(),
        _ => None,
    }
    .ok_or_else(|| {
        unfit(
            literal,
            "it is not a whole number",
            "a whole number, without quotes",
        )
    })
}

pub(super) fn model_id(literal: &Literal) -> Result<ModelId, SearchError> {
    Ok(ModelId::try_from(integer(literal)?)?)
}

pub(super) fn number(field: &NumberField, literal: &Literal) -> Result<Number, SearchError> {
    let unit = match field {
        NumberField::Size => Some(Unit::Megabytes),
        NumberField::Memory => Some(Unit::Gigabytes),
        NumberField::Metric(_) => None,
    };
    let number = match (literal, unit) {
        (Literal::Number(number), _) => return Number::new(*number),
        (Literal::Integer(number), _) => return Number::new(*number as f64),
        (Literal::Word(text) | Literal::Text(text), Some(unit)) => Unit::quantity(text, unit),
        (Literal::Word(text), None) => Number::parse(text),
        _ => None,
    };
    let expected = unit.map_or("a number, without quotes", |_| Unit::EXPECTED);
    number.ok_or_else(|| unfit(literal, "it is not a number", expected))
}

pub(super) fn text(literal: &Literal) -> Result<SearchText, SearchError> {
    match literal {
        Literal::Word(text) | Literal::Text(text) => SearchText::new(text.as_str()),
        other => Err(unfit(other, "it is not a text", "a text")),
    }
}

pub(super) fn pattern(literal: &Literal) -> Result<&str, SearchError> {
    match literal {
        Literal::Word(text) | Literal::Text(text) => Ok(text.as_str()),
        other => Err(unfit(other, "it is not a text", "a pattern, such as \"gpt-*\"")),
    }
}

pub(super) fn version(literal: &Literal) -> Result<Version, SearchError> {
    let written = version_text(literal)?;
    Version::parse(written).map_err(|error| {
        let is_range = VersionRange::parse(written).is_ok();
        let error = SearchError::from(error);
        if is_range {
            error.suggesting(Some(format!("version in \"{written}\"")))
        } else {
            error.expecting("a version, such as `1.2.0`")
        }
    })
}

pub(super) fn range(literal: &Literal) -> Result<VersionRange, SearchError> {
    let written = version_text(literal)?;
    VersionRange::parse(written).map_err(|error| {
        SearchError::from(error).expecting("a range such as \"^1.2\", or versions in parentheses")
    })
}

fn version_text(literal: &Literal) -> Result<&str, SearchError> {
    match literal {
        Literal::Word(text) | Literal::Text(text) => Ok(text.as_str()),
        other => Err(unfit(other, "it is not a version", "a version, such as `1.2.0`")),
    }
}

pub(super) fn moment(literal: &Literal) -> Result<Moment, SearchError> {
    match literal {
        Literal::Word(text) | Literal::Text(text) => Moment::parse(text),
        _ => Err(unfit(literal, "it is not a time", Moment::EXPECTED)),
    }
}

pub(super) fn status(literal: &Literal) -> Result<Status, SearchError> {
    let (Literal::Word(text) | Literal::Text(text)) = literal else {
        return Err(unfit(literal, "it is not a status", "`active` or `retired`"));
    };
    let words = [Status::Active, Status::Retired].map(Status::as_str);
    Status::parse(text).map_err(|error| {
        SearchError::from(error)
            .expecting("`active` or `retired`")
            .suggesting(nearest(text, words))
    })
}

pub(super) fn scalar(literal: &Literal) -> Result<Scalar, SearchError> {
    Ok(match literal {
        Literal::Boolean(value) => Scalar::Boolean(*value),
        Literal::Word(word) if word == "true" || word == "false" => Scalar::Boolean(word == "true"),
        other => match comparable(other)? {
            Comparable::Number(number) => Scalar::Number(number),
            Comparable::Text(text) => Scalar::Text(text),
        },
    })
}

pub(super) fn comparable(literal: &Literal) -> Result<Comparable, SearchError> {
    Ok(match literal {
        Literal::Number(number) => Comparable::Number(Number::new(*number)?),
        Literal::Integer(number) => Comparable::Number(Number::new(*number as f64)?),
        Literal::Text(text) => Comparable::Text(SearchText::new(text.as_str())?),
        Literal::Word(word) => match word.as_str() {
            "null" => {
                return Err(
                    SearchError::unfit(word.as_str(), "null counts as missing and equals nothing")
                        .expecting("`exists`, `not ... exists`, or the text in quotes"),
                );
            }
            "true" | "false" => {
                return Err(SearchError::unfit(word.as_str(), "true and false have no order")
                    .expecting("`=` or `!=`, or the text in quotes"));
            }
            _ => match Number::parse(word) {
                Some(number) => Comparable::Number(number),
                None => Comparable::Text(SearchText::new(word.as_str())?),
            },
        },
        Literal::Boolean(_) => {
            return Err(unfit(literal, "true and false have no order", "`=` or `!=`"));
        }
    })
}
