//! From field, operator and operand to a comparison, or to the reason why there is none. Texts and JSON both come
//! through here.

use super::read::{
    comparable, integer, model_id, moment, number, pattern, range, scalar, status, text, version,
};
use super::{
    Literal, Membership, MetadataTest, Operand, Operator, Order, Ordered, SetTest, Test, TextTest,
    VersionTest,
};
use crate::search::error::{SearchError, SearchProblem};
use crate::search::field::Field;
use crate::search::glob::Glob;
use crate::search::value::OneOf;

/// Operator and operand together, before the kind of the field is looked at.
enum Shape {
    Exists,
    Member(bool, Vec<Literal>),
    Compare(Order, Literal),
    Glob(Glob),
    Range(bool, Literal),
}

impl Test {
    /// Checks that field, operator and operand fit.
    pub(crate) fn new(field: &Field, operator: Operator, operand: Operand) -> Result<Self, SearchError> {
        let unfit = || {
            SearchError::new(SearchProblem::UnfitOperator {
                field: field.to_string(),
                operator: operator.as_str(),
            })
            .expecting(operators(field))
        };
        if !allowed(field, operator) {
            return Err(unfit());
        }
        let shape = shape(field, operator, operand)?;
        Ok(match (field, shape) {
            (_, Shape::Exists) => Self::Exists(field.clone()),
            (Field::Integer(field), shape) => {
                Self::Integer(*field, ordered(shape, integer)?.ok_or_else(unfit)?)
            }
            (Field::Number(field), shape) => {
                let test = ordered(shape, |literal| number(field, literal))?;
                Self::Number(field.clone(), test.ok_or_else(unfit)?)
            }
            (Field::Text(field), Shape::Glob(glob)) => Self::Text(*field, TextTest::Glob(glob)),
            (Field::Text(field), shape) => Self::Text(
                *field,
                TextTest::Ordered(ordered(shape, text)?.ok_or_else(unfit)?),
            ),
            (Field::Version, Shape::Glob(glob)) => Self::Version(VersionTest::Glob(glob)),
            (Field::Version, Shape::Range(true, literal)) => {
                Self::Version(VersionTest::InRange(range(&literal)?))
            }
            (Field::Version, Shape::Range(false, literal)) => {
                Self::Version(VersionTest::NotInRange(range(&literal)?))
            }
            (Field::Version, shape) => {
                Self::Version(VersionTest::Ordered(ordered(shape, version)?.ok_or_else(unfit)?))
            }
            (Field::Time(field), shape) => Self::Time(*field, ordered(shape, moment)?.ok_or_else(unfit)?),
            (Field::Status, Shape::Member(is, values)) => Self::Status(member(is, &values, status)?),
            (Field::Set(field), Shape::Glob(glob)) => Self::Set(*field, SetTest::Glob(glob)),
            (Field::Set(field), Shape::Member(is, values)) => {
                Self::Set(*field, SetTest::Is(member(is, &values, text)?))
            }
            (Field::Ancestor, Shape::Member(is, values)) => Self::Ancestor(member(is, &values, model_id)?),
            (Field::Metadata(path), Shape::Member(is, values)) => {
                Self::Metadata(path.clone(), MetadataTest::Is(member(is, &values, scalar)?))
            }
            (Field::Metadata(path), Shape::Compare(order, literal)) => {
                Self::Metadata(path.clone(), MetadataTest::Compare(order, comparable(&literal)?))
            }
            (Field::Metadata(path), Shape::Glob(glob)) => {
                Self::Metadata(path.clone(), MetadataTest::Glob(glob))
            }
            (Field::Status | Field::Set(_) | Field::Ancestor | Field::Metadata(_), _) => return Err(unfit()),
        })
    }
}

/// Whether the kind of the field has the operator.
fn allowed(field: &Field, operator: Operator) -> bool {
    match operator {
        Operator::Equal | Operator::NotEqual | Operator::In | Operator::NotIn | Operator::Exists => true,
        Operator::Less | Operator::AtMost | Operator::Greater | Operator::AtLeast => {
            !matches!(field, Field::Status | Field::Set(_) | Field::Ancestor)
        }
        Operator::Glob | Operator::GlobIgnoringCase => matches!(
            field,
            Field::Text(_) | Field::Version | Field::Set(_) | Field::Metadata(_)
        ),
    }
}

/// The operators that the field has, as a phrase.
fn operators(field: &Field) -> String {
    let fitting = Operator::ALL
        .into_iter()
        .filter(|operator| allowed(field, *operator));
    let names: Vec<&str> = fitting.map(Operator::as_str).collect();
    format!("one of `{}`", names.join("` `"))
}

fn shape(field: &Field, operator: Operator, operand: Operand) -> Result<Shape, SearchError> {
    let single = |operand: Operand| match operand {
        Operand::One(literal) => Ok(literal),
        Operand::None => Err(SearchError::new(SearchProblem::EndsEarly).expecting("a value")),
        Operand::List(_) => Err(SearchError::unfit(
            operator.as_str(),
            "it takes one value, not a list",
        )),
    };
    Ok(match operator {
        Operator::Exists => match operand {
            Operand::None => Shape::Exists,
            _ => return Err(SearchError::unfit("exists", "it takes no value")),
        },
        Operator::Equal => Shape::Member(true, vec![single(operand)?]),
        Operator::NotEqual => Shape::Member(false, vec![single(operand)?]),
        Operator::In | Operator::NotIn => {
            let is = operator == Operator::In;
            match operand {
                Operand::List(values) => Shape::Member(is, values),
                Operand::One(literal) if *field == Field::Version => Shape::Range(is, literal),
                _ => {
                    return Err(SearchError::unfit(operator.as_str(), "it takes a list")
                        .expecting("values in parentheses, such as `(a, b)`"));
                }
            }
        }
        Operator::Less => Shape::Compare(Order::Less, single(operand)?),
        Operator::AtMost => Shape::Compare(Order::AtMost, single(operand)?),
        Operator::Greater => Shape::Compare(Order::Greater, single(operand)?),
        Operator::AtLeast => Shape::Compare(Order::AtLeast, single(operand)?),
        Operator::Glob => Shape::Glob(Glob::new(pattern(&single(operand)?)?)?),
        Operator::GlobIgnoringCase => Shape::Glob(Glob::ignoring_case(pattern(&single(operand)?)?)?),
    })
}

fn member<T>(
    is: bool,
    values: &[Literal],
    read: impl FnMut(&Literal) -> Result<T, SearchError>,
) -> Result<Membership<T>, SearchError> {
    let values = values.iter().map(read).collect::<Result<Vec<T>, _>>()?;
    let values = OneOf::new(values)?;
    Ok(if is {
        Membership::In(values)
    } else {
        Membership::NotIn(values)
    })
}

fn ordered<T>(
    shape: Shape,
    mut read: impl FnMut(&Literal) -> Result<T, SearchError>,
) -> Result<Option<Ordered<T>>, SearchError> {
    Ok(match shape {
        Shape::Member(is, values) => Some(Ordered::Is(member(is, &values, read)?)),
        Shape::Compare(order, literal) => Some(Ordered::Compare(order, read(&literal)?)),
        Shape::Exists | Shape::Glob(_) | Shape::Range(..) => None,
    })
}
