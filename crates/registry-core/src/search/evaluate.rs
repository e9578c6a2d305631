//! What a filter means: the evaluator that every backend's answer is judged by. It looks at one model at a time, in
//! no hurry.

#[cfg(test)]
mod tables;

use std::cmp::Ordering;

use super::carrier::Fields as _;
use super::field::{Field, MetadataPath, SetField};
use super::filter::{Filter, Node};
use super::leaves::{LeafValue, leaves};
use super::test::{Membership, MetadataTest, Ordered, SetTest, Test, TextTest, VersionTest};
use super::value::{Comparable, Scalar, SearchText};
use crate::identifier::ModelId;
use crate::model::Model;
use crate::timestamp::Timestamp;

/// What the evaluator must know besides the model.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// When the search is made: relative times count from here.
    pub now: Timestamp,
    /// The ids of the model's parent, its parent and so on.
    pub ancestors: &'a [ModelId],
}

impl Filter {
    /// Whether the model fits; [the module](crate::search) says what each comparison means.
    pub fn matches(&self, model: &Model, context: &Context<'_>) -> bool {
        match self.node() {
            Node::All(filters) => filters.iter().all(|filter| filter.matches(model, context)),
            Node::Any(filters) => filters.iter().any(|filter| filter.matches(model, context)),
            Node::Not(filter) => !filter.matches(model, context),
            Node::Test(test) => test.matches(model, context),
        }
    }
}

impl Test {
    /// Whether the comparison holds for the model. With something missing it never does.
    pub fn matches(&self, model: &Model, context: &Context<'_>) -> bool {
        match self {
            Self::Exists(field) => exists(field, model, context),
            Self::Integer(field, test) => model
                .integer(*field)
                .is_some_and(|value| ordered(test, |other| Some(value.cmp(&i128::from(*other))))),
            Self::Number(field, test) => model
                .number(field)
                .is_some_and(|value| ordered(test, |other| value.partial_cmp(&other.get()))),
            Self::Text(field, test) => text_matches(model.text(*field), test),
            Self::Version(VersionTest::Ordered(test)) => {
                ordered(test, |other| Some(model.version.cmp(other)))
            }
            Self::Version(VersionTest::InRange(range)) => range.matches(&model.version),
            Self::Version(VersionTest::NotInRange(range)) => !range.matches(&model.version),
            Self::Version(VersionTest::Glob(glob)) => glob.matches(&model.version.to_string()),
            Self::Time(field, test) => ordered(test, |other| {
                Some(model.time(*field).cmp(&other.resolve(context.now)))
            }),
            Self::Status(test) => member(test, |other| *other == model.status),
            Self::Set(field, test) => set_matches(&set(*field, model), test),
            Self::Ancestor(test) => member(test, |id| context.ancestors.contains(id)),
            Self::Metadata(path, test) => {
                metadata(path, model).is_some_and(|value| metadata_matches(&value, test))
            }
        }
    }
}

/// `equals` says whether the model's value, or any of its set, is this one.
fn member<T>(test: &Membership<T>, equals: impl Fn(&T) -> bool) -> bool {
    match test {
        Membership::In(values) => values.values().iter().any(equals),
        Membership::NotIn(values) => !values.values().iter().any(equals),
    }
}

fn ordered<T>(test: &Ordered<T>, compare: impl Fn(&T) -> Option<Ordering>) -> bool {
    match test {
        Ordered::Is(test) => member(test, |other| compare(other) == Some(Ordering::Equal)),
        Ordered::Compare(order, other) => compare(other).is_some_and(|ordering| order.accepts(ordering)),
    }
}

fn exists(field: &Field, model: &Model, context: &Context<'_>) -> bool {
    match field {
        Field::Integer(field) => model.integer(*field).is_some(),
        Field::Number(field) => model.number(field).is_some(),
        Field::Text(_) | Field::Version | Field::Time(_) | Field::Status => true,
        Field::Set(field) => !set(*field, model).is_empty(),
        Field::Ancestor => !context.ancestors.is_empty(),
        Field::Metadata(path) => metadata(path, model).is_some(),
    }
}

fn set(field: SetField, model: &Model) -> Vec<&str> {
    match field {
        SetField::Tag => model.tags.iter().map(|tag| tag.name.as_str()).collect(),
        SetField::ExportFormat => {
            let formats = model.export_formats();
            formats.into_iter().map(crate::ExportFormat::as_str).collect()
        }
    }
}

fn text_matches(value: &str, test: &TextTest) -> bool {
    match test {
        TextTest::Ordered(test) => ordered(test, |other| Some(compare_text(value, other))),
        TextTest::Glob(glob) => glob.matches(value),
    }
}

fn compare_text(value: &str, other: &SearchText) -> Ordering {
    value.as_bytes().cmp(other.as_str().as_bytes())
}

fn set_matches(values: &[&str], test: &SetTest) -> bool {
    match test {
        SetTest::Is(test) => member(test, |other| values.contains(&other.as_str())),
        SetTest::Glob(glob) => values.iter().any(|value| glob.matches(value)),
    }
}

/// What stands at the path, as far as it can be searched.
fn metadata(path: &MetadataPath, model: &Model) -> Option<LeafValue> {
    let path = path.to_string();
    let mut leaves = leaves(&model.metadata).into_iter();
    leaves.find(|leaf| leaf.path == path).map(|leaf| leaf.value)
}

/// What is opaque exists, but has no value to compare.
fn metadata_matches(value: &LeafValue, test: &MetadataTest) -> bool {
    match (test, value) {
        (_, LeafValue::Opaque) => false,
        (MetadataTest::Is(test), _) => member(test, |other| match (other, value) {
            (Scalar::Number(number), LeafValue::Number(value)) => {
                value.partial_cmp(&number.get()) == Some(Ordering::Equal)
            }
            (Scalar::Text(wanted), LeafValue::Text(value)) => value == wanted.as_str(),
            (Scalar::Boolean(boolean), LeafValue::Boolean(value)) => value == boolean,
            _ => false,
        }),
        (MetadataTest::Compare(order, Comparable::Number(number)), LeafValue::Number(value)) => value
            .partial_cmp(&number.get())
            .is_some_and(|ordering| order.accepts(ordering)),
        (MetadataTest::Compare(order, Comparable::Text(wanted)), LeafValue::Text(value)) => {
            order.accepts(compare_text(value, wanted))
        }
        (MetadataTest::Glob(glob), LeafValue::Text(value)) => glob.matches(value),
        _ => false,
    }
}
