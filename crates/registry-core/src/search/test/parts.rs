//! From a comparison back to field, operator and operand, for printing and for JSON.

use super::{
    Literal, Membership, MetadataTest, Operand, Operator, Order, Ordered, SetTest, Test, TextTest,
    VersionTest,
};
use crate::search::glob::Glob;
use crate::search::value::{Comparable, OneOf, Scalar, SearchText};

impl Test {
    /// How it is compared.
    pub fn operator(&self) -> Operator {
        self.parts().0
    }

    pub(crate) fn parts(&self) -> (Operator, Operand) {
        match self {
            Self::Exists(_) => (Operator::Exists, Operand::None),
            Self::Integer(_, test) => ordered(test, |number| Literal::Integer(*number)),
            Self::Number(_, test) => ordered(test, |number| Literal::Number(number.get())),
            Self::Text(_, TextTest::Ordered(test)) => ordered(test, text),
            Self::Version(VersionTest::Ordered(test)) => {
                ordered(test, |version| Literal::Text(version.to_string()))
            }
            Self::Version(VersionTest::InRange(range)) => {
                (Operator::In, Operand::One(Literal::Text(range.to_string())))
            }
            Self::Version(VersionTest::NotInRange(range)) => {
                (Operator::NotIn, Operand::One(Literal::Text(range.to_string())))
            }
            Self::Time(_, test) => ordered(test, |moment| Literal::Word(moment.to_string())),
            Self::Status(test) => member(test, |status| Literal::Word(status.as_str().into())),
            Self::Set(_, SetTest::Is(test)) => member(test, text),
            Self::Ancestor(test) => member(test, |id| Literal::Integer(id.get())),
            Self::Metadata(_, MetadataTest::Is(test)) => member(test, |scalar| match scalar {
                Scalar::Number(number) => Literal::Number(number.get()),
                Scalar::Text(value) => text(value),
                Scalar::Boolean(value) => Literal::Boolean(*value),
            }),
            Self::Metadata(_, MetadataTest::Compare(order, value)) => {
                let literal = match value {
                    Comparable::Number(number) => Literal::Number(number.get()),
                    Comparable::Text(value) => text(value),
                };
                (operator(*order), Operand::One(literal))
            }
            Self::Text(_, TextTest::Glob(pattern))
            | Self::Version(VersionTest::Glob(pattern))
            | Self::Set(_, SetTest::Glob(pattern))
            | Self::Metadata(_, MetadataTest::Glob(pattern)) => glob(pattern),
        }
    }
}

fn text(text: &SearchText) -> Literal {
    Literal::Text(text.as_str().to_owned())
}

fn glob(glob: &Glob) -> (Operator, Operand) {
    let operator = if glob.ignores_case() {
        Operator::GlobIgnoringCase
    } else {
        Operator::Glob
    };
    (operator, Operand::One(Literal::Text(glob.pattern().to_owned())))
}

fn operator(order: Order) -> Operator {
    match order {
        Order::Less => Operator::Less,
        Order::AtMost => Operator::AtMost,
        Order::Greater => Operator::Greater,
        Order::AtLeast => Operator::AtLeast,
    }
}

fn ordered<T>(test: &Ordered<T>, write: impl Fn(&T) -> Literal) -> (Operator, Operand) {
    match test {
        Ordered::Is(test) => member(test, write),
        Ordered::Compare(order, value) => (operator(*order), Operand::One(write(value))),
    }
}

fn member<T>(test: &Membership<T>, write: impl Fn(&T) -> Literal) -> (Operator, Operand) {
    let some = |values: &OneOf<T>, one: Operator, many: Operator| match values.values() {
        [value] => (one, Operand::One(write(value))),
        values => (many, Operand::List(values.iter().map(&write).collect())),
    };
    match test {
        Membership::In(values) => some(values, Operator::Equal, Operator::In),
        Membership::NotIn(values) => some(values, Operator::NotEqual, Operator::NotIn),
    }
}
