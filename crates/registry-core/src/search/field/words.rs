//! The names of fields, and what people write instead.

use std::fmt::{Formatter, Write as _};

use super::{Field, IntegerField, MetadataPath, NumberField, SetField, Step, TextField, TimeField};
use crate::search::error::{SearchError, SearchProblem, nearest};
use crate::search::print::write_quoted;

/// Every field that has one fixed name.
const FIXED: &[(&str, Field)] = &[
    ("id", Field::Integer(IntegerField::Id)),
    ("name", Field::Text(TextField::Name)),
    ("version", Field::Version),
    ("ordinal", Field::Integer(IntegerField::Ordinal)),
    ("task_type", Field::Text(TextField::TaskType)),
    ("status", Field::Status),
    ("tag", Field::Set(SetField::Tag)),
    ("config_hash", Field::Text(TextField::ConfigHash)),
    ("parent", Field::Integer(IntegerField::Parent)),
    ("ancestor", Field::Ancestor),
    ("training_run_id", Field::Integer(IntegerField::TrainingRunId)),
    ("created_at", Field::Time(TimeField::CreatedAt)),
    ("updated_at", Field::Time(TimeField::UpdatedAt)),
    ("size", Field::Number(NumberField::Size)),
    ("memory", Field::Number(NumberField::Memory)),
    ("path", Field::Text(TextField::Path)),
    ("actor", Field::Text(TextField::Actor)),
    ("exports.format", Field::Set(SetField::ExportFormat)),
];

/// The names of the JSON answers and of the original's columns: not fields, but the field is clear.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("model_id", "id"),
    ("parent_id", "parent"),
    ("parent_model_id", "parent"),
    ("ancestors", "ancestor"),
    ("checkpoint", "path"),
    ("checkpoint_path", "path"),
    ("model_size_mb", "size"),
    ("size_mb", "size"),
    ("memory_req_gb", "memory"),
    ("memory_gb", "memory"),
    ("created_by", "actor"),
    ("user", "actor"),
    ("task", "task_type"),
    ("hash", "config_hash"),
    ("run_id", "training_run_id"),
    ("created", "created_at"),
    ("updated", "updated_at"),
    ("export_formats", "exports.format"),
    ("export_format", "exports.format"),
    ("format", "exports.format"),
    ("exports", "exports.format"),
];

/// What to expect where a field should stand.
pub(crate) const EXPECTED: &str = "a field, such as `name`, `tag`, `created_at`, `metrics.<name>` or `metadata.<path>` (names of fields are lower case)";

pub(super) fn fixed_name(field: &Field) -> &'static str {
    FIXED
        .iter()
        .find(|(_, other)| other == field)
        .map_or("metadata", |(name, _)| name)
}

/// The field of these parts.
pub(super) fn resolve(first: &str, rest: Vec<Step>) -> Result<Field, SearchError> {
    match (first, rest.as_slice()) {
        ("metadata", _) => Ok(Field::Metadata(MetadataPath::new(rest)?)),
        ("metrics", [Step::Key(name)]) => Field::metric(name.as_str()),
        ("metrics", []) => Err(SearchError::unfit("metrics", "it needs the name of a metric")
            .expecting("`metrics.<name>`, such as `metrics.val_loss`")),
        ("metrics", _) => Err(
            SearchError::unfit(whole(first, &rest), "metrics have one name, not a path")
                .expecting("a quoted name where it contains a dot or brackets")
                .suggesting(joined(&rest)),
        ),
        _ => {
            let name = whole(first, &rest);
            FIXED
                .iter()
                .find(|(fixed, _)| *fixed == name)
                .map(|(_, field)| field.clone())
                .ok_or_else(|| unknown(first, &name, &rest))
        }
    }
}

fn unknown(first: &str, name: &str, rest: &[Step]) -> SearchError {
    let problem = SearchProblem::UnknownField { found: name.into() };
    let other = OTHER_NAMES.iter().find(|(other, _)| *other == name);
    let suggestion = if let Some((_, field)) = other {
        Some((*field).to_owned())
    } else if rest.is_empty() {
        let groups = [("metrics", "metrics.<name>"), ("metadata", "metadata.<path>")];
        nearest(
            name,
            FIXED
                .iter()
                .map(|(name, _)| *name)
                .chain(groups.map(|(name, _)| name)),
        )
        .map(|near| {
            groups
                .iter()
                .find(|(name, _)| *name == near)
                .map_or(near, |(_, shown)| shown)
                .to_owned()
        })
    } else {
        let groups = ["metrics", "metadata", "exports"];
        nearest(first, groups)
            .filter(|near| *near != first)
            .map(|near| whole(near, rest))
            .or_else(|| nearest(name, ["exports.format"]).map(str::to_owned))
    };
    let error = SearchError::new(problem);
    if suggestion.is_some() {
        error.suggesting(suggestion)
    } else {
        error.expecting(EXPECTED)
    }
}

fn whole(first: &str, rest: &[Step]) -> String {
    let mut name = first.to_owned();
    for step in rest {
        // Writing to a text cannot fail.
        let _ = write!(name, "{step}");
    }
    name
}

/// `metrics.a.b` was probably meant as the metric `a.b`.
fn joined(rest: &[Step]) -> Option<String> {
    let mut name = String::new();
    for (at, step) in rest.iter().enumerate() {
        match step {
            Step::Key(key) if at == 0 => name.push_str(key),
            Step::Key(key) => {
                name.push('.');
                name.push_str(key);
            }
            Step::Index(_) => return None,
        }
    }
    Field::metric(name).ok().map(|field| field.to_string())
}

/// Whether a part of a field's name may be written without quotes.
pub(crate) fn is_plain_part(part: &str) -> bool {
    !part.is_empty()
        && part
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '/' | '@' | '%' | ':'))
}

/// Writes a part of a field's name, quoted where it must be.
pub(super) fn write_part(part: &str, f: &mut Formatter<'_>) -> std::fmt::Result {
    if is_plain_part(part) {
        f.write_str(part)
    } else {
        write_quoted(part, f)
    }
}
