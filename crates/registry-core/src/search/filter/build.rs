//! Building filters in Rust: a subject for each field, with the comparisons of its kind and no others.

use super::Filter;
use crate::identifier::ModelId;
use crate::search::error::SearchError;
use crate::search::field::{Field, IntegerField, MetadataPath, NumberField, SetField, TextField, TimeField};
use crate::search::glob::Glob;
use crate::search::test::{Membership, MetadataTest, Order, Ordered, SetTest, Test, TextTest, VersionTest};
use crate::search::value::{Comparable, Moment, Number, OneOf, Scalar, SearchText};
use crate::status::Status;
use crate::text::MetricName;
use crate::version::{Version, VersionRange};

/// A field that waits for its comparison.
///
/// ```
/// use registry_core::search::{Filter, MetadataPath};
///
/// let large = Filter::size().at_least(1024.0)?;
/// let torch = Filter::metadata(MetadataPath::key("framework")?).equals("pytorch")?;
/// assert_eq!(large.or(torch).to_string(), "size >= 1024 MB or metadata.framework = \"pytorch\"");
/// # Ok::<(), registry_core::search::SearchError>(())
/// ```
///
/// What a field cannot be asked does not compile:
///
/// ```compile_fail
/// registry_core::search::Filter::tag().less_than("production");
/// ```
#[derive(Debug, Clone)]
#[must_use = "a field alone is no filter; compare it with something"]
pub struct Subject<F>(F);

/// Fields that can equal a value.
pub trait HasEquality: Sized {
    /// What the field is compared with.
    type Value;

    /// The comparison.
    fn member(self, membership: Membership<Self::Value>) -> Test;

    /// The field.
    fn field(self) -> Field;
}

/// Fields whose values have an order.
pub trait HasOrder: Sized {
    /// What the field is compared with.
    type Value;

    /// The comparison.
    fn compare(self, order: Order, value: <Self as HasOrder>::Value) -> Test;
}

/// Fields that hold text.
pub trait HasPatterns: Sized {
    /// The comparison.
    fn glob(self, glob: Glob) -> Test;
}

fn value<V, T: TryInto<V, Error: Into<SearchError>>>(value: T) -> Result<V, SearchError> {
    value.try_into().map_err(Into::into)
}

impl<F: HasEquality> Subject<F> {
    /// `=`
    ///
    /// # Errors
    /// Refuses a value that the field cannot be compared with, such as an infinite number.
    pub fn equals(
        self,
        other: impl TryInto<F::Value, Error: Into<SearchError>>,
    ) -> Result<Filter, SearchError> {
        Ok(self.0.member(Membership::In(OneOf::one(value(other)?))).into())
    }

    /// `!=`
    ///
    /// # Errors
    /// As [`Subject::equals`].
    pub fn differs_from(
        self,
        other: impl TryInto<F::Value, Error: Into<SearchError>>,
    ) -> Result<Filter, SearchError> {
        Ok(self.0.member(Membership::NotIn(OneOf::one(value(other)?))).into())
    }

    /// `in`
    ///
    /// # Errors
    /// As [`Subject::equals`], and refuses an empty list.
    pub fn one_of<T: TryInto<F::Value, Error: Into<SearchError>>>(
        self,
        others: impl IntoIterator<Item = T>,
    ) -> Result<Filter, SearchError> {
        let values = others.into_iter().map(value).collect::<Result<Vec<_>, _>>()?;
        Ok(self.0.member(Membership::In(OneOf::new(values)?)).into())
    }

    /// `not-in`
    ///
    /// # Errors
    /// As [`Subject::one_of`].
    pub fn none_of<T: TryInto<F::Value, Error: Into<SearchError>>>(
        self,
        others: impl IntoIterator<Item = T>,
    ) -> Result<Filter, SearchError> {
        let values = others.into_iter().map(value).collect::<Result<Vec<_>, _>>()?;
        Ok(self.0.member(Membership::NotIn(OneOf::new(values)?)).into())
    }

    /// `exists`
    #[must_use]
    pub fn exists(self) -> Filter {
        Test::Exists(self.0.field()).into()
    }
}

/// The four directions differ in their operator only.
macro_rules! directions {
    ($($(#[$doc:meta])* $method:ident $order:ident)*) => {
        impl<F: HasOrder> Subject<F> {$(
            $(#[$doc])*
            ///
            /// # Errors
            /// As [`Subject::equals`].
            pub fn $method(
                self,
                other: impl TryInto<<F as HasOrder>::Value, Error: Into<SearchError>>,
            ) -> Result<Filter, SearchError> {
                Ok(self.0.compare(Order::$order, value(other)?).into())
            }
        )*}
    };
}

directions! {
    /// `<`
    less_than Less
    /// `<=`
    at_most AtMost
    /// `>`
    greater_than Greater
    /// `>=`
    at_least AtLeast
}

impl<F: HasPatterns> Subject<F> {
    /// `~`
    ///
    /// # Errors
    /// Refuses what is no [`Glob`].
    pub fn like(self, pattern: impl Into<String>) -> Result<Filter, SearchError> {
        Ok(self.0.glob(Glob::new(pattern)?).into())
    }

    /// `~*`
    ///
    /// # Errors
    /// As [`Subject::like`].
    pub fn like_ignoring_case(self, pattern: impl Into<String>) -> Result<Filter, SearchError> {
        Ok(self.0.glob(Glob::ignoring_case(pattern)?).into())
    }
}

/// The field `version`.
#[derive(Debug, Clone, Copy)]
pub struct VersionField;

impl Subject<VersionField> {
    /// Versions in a range, as cargo decides.
    #[must_use]
    pub fn in_range(self, range: VersionRange) -> Filter {
        Test::Version(VersionTest::InRange(range)).into()
    }

    /// Versions outside a range.
    #[must_use]
    pub fn outside(self, range: VersionRange) -> Filter {
        Test::Version(VersionTest::NotInRange(range)).into()
    }
}

/// The field `status`.
#[derive(Debug, Clone, Copy)]
pub struct StatusField;

/// The field `ancestor`.
#[derive(Debug, Clone, Copy)]
pub struct AncestorField;

/// Ties a field to the comparisons of its kind.
macro_rules! subject {
    ($type:ty, $value:ty, $self:ident => $field:expr, member $m:ident => $member:expr
        $(, compare $o:ident $v:ident: $ordered:ty => $compare:expr)?
        $(, glob $g:ident => $glob:expr)?) => {
        impl HasEquality for $type {
            type Value = $value;

            fn member($self, $m: Membership<$value>) -> Test {
                $member
            }

            fn field($self) -> Field {
                $field
            }
        }

        $(impl HasOrder for $type {
            type Value = $ordered;

            fn compare($self, $o: Order, $v: $ordered) -> Test {
                $compare
            }
        })?

        $(impl HasPatterns for $type {
            fn glob($self, $g: Glob) -> Test {
                $glob
            }
        })?
    };
}

subject!(IntegerField, i64, self => Field::Integer(self),
    member m => Test::Integer(self, Ordered::Is(m)),
    compare o v: i64 => Test::Integer(self, Ordered::Compare(o, v)));
subject!(NumberField, Number, self => Field::Number(self),
    member m => Test::Number(self, Ordered::Is(m)),
    compare o v: Number => Test::Number(self, Ordered::Compare(o, v)));
subject!(TextField, SearchText, self => Field::Text(self),
    member m => Test::Text(self, TextTest::Ordered(Ordered::Is(m))),
    compare o v: SearchText => Test::Text(self, TextTest::Ordered(Ordered::Compare(o, v))),
    glob g => Test::Text(self, TextTest::Glob(g)));
subject!(VersionField, Version, self => Field::Version,
    member m => Test::Version(VersionTest::Ordered(Ordered::Is(m))),
    compare o v: Version => Test::Version(VersionTest::Ordered(Ordered::Compare(o, v))),
    glob g => Test::Version(VersionTest::Glob(g)));
subject!(TimeField, Moment, self => Field::Time(self),
    member m => Test::Time(self, Ordered::Is(m)),
    compare o v: Moment => Test::Time(self, Ordered::Compare(o, v)));
subject!(StatusField, Status, self => Field::Status, member m => Test::Status(m));
subject!(SetField, SearchText, self => Field::Set(self),
    member m => Test::Set(self, SetTest::Is(m)),
    glob g => Test::Set(self, SetTest::Glob(g)));
subject!(AncestorField, ModelId, self => Field::Ancestor, member m => Test::Ancestor(m));
subject!(MetadataPath, Scalar, self => Field::Metadata(self),
    member m => Test::Metadata(self, MetadataTest::Is(m)),
    compare o v: Comparable => Test::Metadata(self, MetadataTest::Compare(o, v)),
    glob g => Test::Metadata(self, MetadataTest::Glob(g)));

/// The function of `Filter` for each field with a fixed name.
macro_rules! fields {
    ($($(#[$doc:meta])* $method:ident $type:ty = $field:expr;)*) => {
        /// Fields to build a comparison from.
        impl Filter {$(
            $(#[$doc])*
            pub fn $method() -> Subject<$type> {
                Subject($field)
            }
        )*}
    };
}

fields! {
    /// `id`
    id IntegerField = IntegerField::Id;
    /// `ordinal`
    ordinal IntegerField = IntegerField::Ordinal;
    /// `parent`
    parent IntegerField = IntegerField::Parent;
    /// `training_run_id`
    training_run_id IntegerField = IntegerField::TrainingRunId;
    /// `size`, in megabytes
    size NumberField = NumberField::Size;
    /// `memory`, in gigabytes
    memory NumberField = NumberField::Memory;
    /// `name`
    name TextField = TextField::Name;
    /// `task_type`
    task_type TextField = TextField::TaskType;
    /// `config_hash`
    config_hash TextField = TextField::ConfigHash;
    /// `path`
    path TextField = TextField::Path;
    /// `actor`
    actor TextField = TextField::Actor;
    /// `version`
    version VersionField = VersionField;
    /// `created_at`
    created_at TimeField = TimeField::CreatedAt;
    /// `updated_at`
    updated_at TimeField = TimeField::UpdatedAt;
    /// `status`
    status StatusField = StatusField;
    /// `tag`
    tag SetField = SetField::Tag;
    /// `exports.format`
    export_format SetField = SetField::ExportFormat;
    /// `ancestor`
    ancestor AncestorField = AncestorField;
}

impl Filter {
    /// `metrics.<name>`
    ///
    /// # Errors
    /// Refuses what is no name of a metric.
    pub fn metric(name: impl Into<String>) -> Result<Subject<NumberField>, SearchError> {
        Ok(Subject(NumberField::Metric(MetricName::parse(name)?)))
    }

    /// `metadata.<path>`
    pub fn metadata(path: MetadataPath) -> Subject<MetadataPath> {
        Subject(path)
    }
}

/// The ways to write a value of metadata.
macro_rules! metadata_value {
    ($($type:ident)*) => {$(
        impl TryFrom<&str> for $type {
            type Error = SearchError;

            fn try_from(text: &str) -> Result<Self, SearchError> {
                Ok(Self::Text(SearchText::new(text)?))
            }
        }

        impl TryFrom<f64> for $type {
            type Error = SearchError;

            fn try_from(number: f64) -> Result<Self, SearchError> {
                Ok(Self::Number(Number::new(number)?))
            }
        }
    )*};
}

metadata_value!(Scalar Comparable);

impl From<bool> for Scalar {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}
