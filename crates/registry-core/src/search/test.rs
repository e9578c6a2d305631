//! A single comparison. Each variant pairs the fields of one kind with the comparisons that make sense for them, so
//! that a number for a text, or `<` on a tag, cannot be written down.

mod construct;
mod operator;
mod parts;
mod read;

pub use operator::Operator;
pub(crate) use operator::{Literal, Operand};

use super::field::{Field, IntegerField, MetadataPath, NumberField, SetField, TextField, TimeField};
use super::glob::Glob;
use super::value::{Comparable, Moment, Number, OneOf, Scalar, SearchText};
use crate::identifier::ModelId;
use crate::status::Status;
use crate::version::{Version, VersionRange};

/// One comparison of a field with a value or values, or the question whether the field exists.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// Whether the field has a value at all.
    Exists(Field),
    /// A whole number; compared exactly.
    Integer(IntegerField, Ordered<i64>),
    /// A number; compared as double precision.
    Number(NumberField, Ordered<Number>),
    /// A text; compared by bytes.
    Text(TextField, TextTest),
    /// The version; compared as SemVer says.
    Version(VersionTest),
    /// A time.
    Time(TimeField, Ordered<Moment>),
    /// The status.
    Status(Membership<Status>),
    /// Tags or export formats.
    Set(SetField, SetTest),
    /// The ids of the ancestors.
    Ancestor(Membership<ModelId>),
    /// A value in metadata.
    Metadata(MetadataPath, MetadataTest),
}

/// Whether a value is one of some values. With one value it is `=` or `!=`, with more `in` or `not-in`.
#[derive(Debug, Clone, PartialEq)]
pub enum Membership<T> {
    /// It is one of them. Of a set: any of it is one of them.
    In(OneOf<T>),
    /// There is a value and it is none of them. Of a set: none of it is one of them, also when it is empty.
    NotIn(OneOf<T>),
}

/// A direction of comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Order {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

/// Comparisons of values that have an order.
#[derive(Debug, Clone, PartialEq)]
pub enum Ordered<T> {
    /// Equal or not.
    Is(Membership<T>),
    /// Before or after.
    Compare(Order, T),
}

/// Comparisons of a text.
#[derive(Debug, Clone, PartialEq)]
pub enum TextTest {
    /// By bytes.
    Ordered(Ordered<SearchText>),
    /// By a pattern.
    Glob(Glob),
}

/// Comparisons of a version.
#[derive(Debug, Clone, PartialEq)]
pub enum VersionTest {
    /// By SemVer precedence.
    Ordered(Ordered<Version>),
    /// Whether it lies in a range, as cargo decides.
    InRange(VersionRange),
    /// Whether it lies outside a range.
    NotInRange(VersionRange),
    /// By a pattern over its text.
    Glob(Glob),
}

/// Comparisons of a set of texts.
#[derive(Debug, Clone, PartialEq)]
pub enum SetTest {
    /// Whether any, or none, of the set is one of some texts.
    Is(Membership<SearchText>),
    /// Whether any of the set fits a pattern.
    Glob(Glob),
}

/// Comparisons of a value in metadata.
#[derive(Debug, Clone, PartialEq)]
pub enum MetadataTest {
    /// Equal or not; values of different kinds are never equal.
    Is(Membership<Scalar>),
    /// Before or after; false for values of different kinds.
    Compare(Order, Comparable),
    /// By a pattern; false for what is no text.
    Glob(Glob),
}

impl Test {
    /// The field that is tested.
    pub fn field(&self) -> Field {
        match self {
            Self::Exists(field) => field.clone(),
            Self::Integer(field, _) => Field::Integer(*field),
            Self::Number(field, _) => Field::Number(field.clone()),
            Self::Text(field, _) => Field::Text(*field),
            Self::Version(_) => Field::Version,
            Self::Time(field, _) => Field::Time(*field),
            Self::Status(_) => Field::Status,
            Self::Set(field, _) => Field::Set(*field),
            Self::Ancestor(_) => Field::Ancestor,
            Self::Metadata(path, _) => Field::Metadata(path.clone()),
        }
    }

    /// Whether it compares with a time relative to the search.
    pub fn is_relative(&self) -> bool {
        match self {
            Self::Time(_, Ordered::Compare(_, moment)) => moment.is_relative(),
            Self::Time(_, Ordered::Is(Membership::In(moments) | Membership::NotIn(moments))) => {
                moments.values().iter().any(|moment| moment.is_relative())
            }
            _ => false,
        }
    }
}

impl Order {
    /// Whether a value that compares so with the other is accepted.
    pub fn accepts(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Less => ordering.is_lt(),
            Self::AtMost => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::AtLeast => ordering.is_ge(),
        }
    }
}
