//! What the members of a filter's `and` say of single columns and metrics: what an index can be searched by.

use registry_core::search::{
    Field, Filter, GlobSpan, Membership, Node, Order, Ordered, Test, TextTest, VersionTest,
};
use registry_core::{Status, Timestamp, VersionRange};

use super::columns::{Column, Key};
use super::condition::version_value;
use super::statement::{Binds, Value};

/// Which values are wanted.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Wanted {
    /// One of these, at least one.
    OneOf(Vec<Value>),
    /// From a bound to a bound, or without end.
    Between(Option<Bound>, Option<Bound>),
    /// Any value.
    Present,
}

/// An end of a range.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bound {
    pub(super) value: Value,
    pub(super) included: bool,
}

impl Bound {
    pub(super) fn from(value: Value) -> Self {
        Self {
            value,
            included: true,
        }
    }

    pub(super) fn beyond(value: Value) -> Self {
        Self {
            value,
            included: false,
        }
    }

    /// `place >= +?7`
    pub(super) fn above(&self, place: &str, binds: &mut Binds) -> String {
        let operator = if self.included { ">=" } else { ">" };
        format!("{place} {operator} {}", binds.bind(self.value.clone()))
    }

    /// `place <= +?7`
    pub(super) fn below(&self, place: &str, binds: &mut Binds) -> String {
        let operator = if self.included { "<=" } else { "<" };
        format!("{place} {operator} {}", binds.bind(self.value.clone()))
    }
}

impl Wanted {
    /// Before or behind a value.
    pub(super) fn compared(order: Order, value: Value) -> Self {
        match order {
            Order::Less => Self::Between(None, Some(Bound::beyond(value))),
            Order::AtMost => Self::Between(None, Some(Bound::from(value))),
            Order::Greater => Self::Between(Some(Bound::beyond(value)), None),
            Order::AtLeast => Self::Between(Some(Bound::from(value)), None),
        }
    }

    /// The only value that is wanted.
    pub(super) fn single(&self) -> Option<&Value> {
        match self {
            Self::OneOf(values) => match values.as_slice() {
                [value] => Some(value),
                _ => None,
            },
            _ => None,
        }
    }
}

/// What a member says of a key.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fact {
    /// Its place among the members.
    pub(super) member: usize,
    pub(super) key: Key,
    pub(super) wanted: Wanted,
    /// Whether the member says no more than this.
    pub(super) whole: bool,
}

/// All that the members say.
pub(super) fn facts(members: &[&Filter], now: Timestamp) -> Vec<Fact> {
    members
        .iter()
        .enumerate()
        .filter_map(|(member, filter)| {
            let (key, wanted, whole) = fact(filter, now)?;
            Some(Fact {
                member,
                key,
                wanted,
                whole,
            })
        })
        .collect()
}

fn fact(filter: &Filter, now: Timestamp) -> Option<(Key, Wanted, bool)> {
    match filter.node() {
        Node::Test(Test::Status(test)) => status(test, false),
        Node::Test(test) => of_test(test, now),
        Node::Not(filter) => match filter.node() {
            Node::Test(Test::Status(test)) => status(test, true),
            _ => None,
        },
        Node::All(_) | Node::Any(_) => None,
    }
}

/// There are so few statuses that what is not wanted says which are.
fn status(test: &Membership<Status>, negated: bool) -> Option<(Key, Wanted, bool)> {
    let (values, wanted) = match test {
        Membership::In(values) => (values, !negated),
        Membership::NotIn(values) => (values, negated),
    };
    let fits = |status: &Status| values.values().contains(status) == wanted;
    let fitting = Status::ALL.into_iter().filter(fits);
    let fitting: Vec<Value> = fitting.map(|status| Value::from(status.as_str())).collect();
    if fitting.is_empty() || fitting.len() == Status::ALL.len() {
        return None;
    }
    Some((Column::Status.into(), Wanted::OneOf(fitting), true))
}

fn of_test(test: &Test, now: Timestamp) -> Option<(Key, Wanted, bool)> {
    let (key, (wanted, whole)) = match test {
        Test::Exists(Field::Integer(field)) => (Key::Column((*field).into()), (Wanted::Present, true)),
        Test::Exists(Field::Number(field)) => (field.into(), (Wanted::Present, true)),
        Test::Integer(field, test) => (
            Key::Column((*field).into()),
            ordered(test, |value| Value::Integer(*value)),
        ),
        Test::Number(field, test) => (field.into(), ordered(test, |value| Value::from(*value))),
        Test::Text(field, TextTest::Ordered(test)) => {
            (Key::Column((*field).into()), ordered(test, Value::text))
        }
        Test::Text(field, TextTest::Glob(glob)) => (Key::Column((*field).into()), spanned(&glob.span()?)),
        Test::Version(VersionTest::Ordered(test)) => (Column::Version.into(), ordered(test, version_value)),
        Test::Version(VersionTest::InRange(range)) => (Column::Version.into(), (hull(range)?, false)),
        Test::Time(field, test) => {
            let value =
                |moment: &registry_core::search::Moment| Value::Integer(moment.resolve(now).as_micros());
            (Key::Column((*field).into()), ordered(test, value))
        }
        _ => return None,
    };
    Some((key, wanted, whole))
}

fn ordered<T>(test: &Ordered<T>, value: impl Fn(&T) -> Value) -> (Wanted, bool) {
    match test {
        Ordered::Is(Membership::In(values)) => {
            (Wanted::OneOf(values.values().iter().map(value).collect()), true)
        }
        Ordered::Is(Membership::NotIn(_)) => (Wanted::Present, false),
        Ordered::Compare(order, other) => (Wanted::compared(*order, value(other)), true),
    }
}

/// The texts that a pattern can fit, and whether it fits all of them.
pub(super) fn spanned(span: &GlobSpan) -> (Wanted, bool) {
    match span {
        GlobSpan::Single(text) => (Wanted::OneOf(vec![Value::from(text.as_str())]), true),
        GlobSpan::Range { from, to, whole } => {
            let to = to.as_ref().map(|to| Bound::beyond(Value::from(to.as_str())));
            let from = Bound::from(Value::from(from.as_str()));
            (Wanted::Between(Some(from), to), *whole)
        }
    }
}

/// The keys from the lowest version of a range to the highest.
fn hull(range: &VersionRange) -> Option<Wanted> {
    let intervals = range.intervals();
    let from = intervals.iter().map(|interval| &interval.from).min()?;
    let to = intervals.iter().map(|interval| &interval.to).max()?;
    Some(Wanted::Between(
        Some(Bound::from(Value::Blob(from.clone()))),
        Some(Bound::beyond(Value::Blob(to.clone()))),
    ))
}
