//! What a filter means: the evaluator that every backend's answer is judged by. It looks at one model at a time, in
//! no hurry.

#[cfg(test)]
mod tables;

use std::cmp::Ordering;

use serde_json::Value;

use super::field::{Field, IntegerField, MetadataPath, NumberField, SetField, Step, TextField, TimeField};
use super::filter::{Filter, Node};
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
            Self::Integer(field, test) => integer(*field, model)
                .is_some_and(|value| ordered(test, |other| Some(value.cmp(&i128::from(*other))))),
            Self::Number(field, test) => number(field, model)
                .is_some_and(|value| ordered(test, |other| value.partial_cmp(&other.get()))),
            Self::Text(field, test) => text_matches(text(*field, model), test),
            Self::Version(VersionTest::Ordered(test)) => {
                ordered(test, |other| Some(model.version.cmp(other)))
            }
            Self::Version(VersionTest::InRange(range)) => range.matches(&model.version),
            Self::Version(VersionTest::NotInRange(range)) => !range.matches(&model.version),
            Self::Version(VersionTest::Glob(glob)) => glob.matches(&model.version.to_string()),
            Self::Time(field, test) => ordered(test, |other| {
                Some(time(*field, model).cmp(&other.resolve(context.now)))
            }),
            Self::Status(test) => member(test, |other| *other == model.status),
            Self::Set(field, test) => set_matches(&set(*field, model), test),
            Self::Ancestor(test) => member(test, |id| context.ancestors.contains(id)),
            Self::Metadata(path, test) => {
                metadata(path, model).is_some_and(|value| metadata_matches(value, test))
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
        Field::Integer(field) => integer(*field, model).is_some(),
        Field::Number(field) => number(field, model).is_some(),
        Field::Text(_) | Field::Version | Field::Time(_) | Field::Status => true,
        Field::Set(field) => !set(*field, model).is_empty(),
        Field::Ancestor => !context.ancestors.is_empty(),
        Field::Metadata(path) => metadata(path, model).is_some(),
    }
}

/// Wide enough for every ordinal and every literal.
pub(super) fn integer(field: IntegerField, model: &Model) -> Option<i128> {
    match field {
        IntegerField::Id => Some(model.id.get().into()),
        IntegerField::Ordinal => Some(model.ordinal.into()),
        IntegerField::Parent => model.parent.map(|id| id.get().into()),
        IntegerField::TrainingRunId => model.training_run_id.map(Into::into),
    }
}

pub(super) fn number(field: &NumberField, model: &Model) -> Option<f64> {
    match field {
        NumberField::Size => model.model_size_mb.map(crate::SizeMb::get),
        NumberField::Memory => model.memory_req_gb.map(crate::MemoryGb::get),
        NumberField::Metric(name) => model.metrics.get(name.as_str()),
    }
}

pub(super) fn text(field: TextField, model: &Model) -> &str {
    match field {
        TextField::Name => model.name.as_str(),
        TextField::TaskType => model.task_type.as_str(),
        TextField::ConfigHash => model.config_hash.as_str(),
        TextField::Path => model.checkpoint_path.as_str(),
        TextField::Actor => model.created_by.as_str(),
    }
}

pub(super) fn time(field: TimeField, model: &Model) -> Timestamp {
    match field {
        TimeField::CreatedAt => model.created_at,
        TimeField::UpdatedAt => model.updated_at,
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

/// What stands at the path, unless it is null, which counts as missing.
fn metadata<'a>(path: &MetadataPath, model: &'a Model) -> Option<&'a Value> {
    let (first, rest) = path.steps().split_first()?;
    let start = match first {
        Step::Key(key) => model.metadata.as_map().get(key)?,
        Step::Index(_) => return None,
    };
    let found = rest.iter().try_fold(start, |value, step| match step {
        Step::Key(key) => value.as_object()?.get(key),
        Step::Index(index) => value.as_array()?.get(usize::try_from(*index).ok()?),
    })?;
    (!found.is_null()).then_some(found)
}

/// Objects and arrays exist, but have no value to compare.
fn metadata_matches(value: &Value, test: &MetadataTest) -> bool {
    if value.is_object() || value.is_array() {
        return false;
    }
    match test {
        MetadataTest::Is(test) => member(test, |other| match other {
            Scalar::Number(number) => {
                value.as_f64().and_then(|value| value.partial_cmp(&number.get())) == Some(Ordering::Equal)
            }
            Scalar::Text(wanted) => value.as_str() == Some(wanted.as_str()),
            Scalar::Boolean(boolean) => value.as_bool() == Some(*boolean),
        }),
        MetadataTest::Compare(order, other) => match other {
            Comparable::Number(number) => value.as_f64().and_then(|value| value.partial_cmp(&number.get())),
            Comparable::Text(wanted) => value.as_str().map(|value| compare_text(value, wanted)),
        }
        .is_some_and(|ordering| order.accepts(ordering)),
        MetadataTest::Glob(glob) => value.as_str().is_some_and(|value| glob.matches(value)),
    }
}
