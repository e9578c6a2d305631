//! The columns of a list of models: their names, titles and values.

use std::str::FromStr;

use registry_core::search::{
    Field, Fields, IntegerField, MetadataPath, ModelSummary, NumberField, SetField, SortField, Step,
    TextField, TimeField,
};
use registry_core::{Error, Metrics, Model, TagName};
use serde_json::Value;

use super::grid::Column;
use super::text::plain;
use super::{Screen, csv, number, time};

/// A column of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelColumn {
    /// A field of one value.
    Field(SortField),
    /// The names of the tags.
    Tags,
    /// Every metric.
    Metrics,
    /// The formats that the model exists in.
    Formats,
    /// The notes.
    Notes,
    /// The whole metadata.
    Metadata,
    /// What stands at a path in the metadata.
    MetadataAt(MetadataPath),
}

/// What a list shows a line for: a whole model, or its summary.
pub trait Listed: Fields {
    /// The names of its tags.
    fn tag_names(&self) -> Vec<&TagName>;
    /// Its metrics.
    fn metrics(&self) -> &Metrics;
    /// The whole model, if it is one.
    fn whole(&self) -> Option<&Model>;
}

impl Listed for Model {
    fn tag_names(&self) -> Vec<&TagName> {
        self.tags.iter().map(|tag| &tag.name).collect()
    }

    fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    fn whole(&self) -> Option<&Model> {
        Some(self)
    }
}

impl Listed for ModelSummary {
    fn tag_names(&self) -> Vec<&TagName> {
        self.tags.iter().collect()
    }

    fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    fn whole(&self) -> Option<&Model> {
        None
    }
}

/// The names in JSON and CSV of fields that a search calls otherwise.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("model_id", "id"),
    ("parent_model_id", "parent"),
    ("checkpoint_path", "path"),
    ("model_size_mb", "size"),
    ("memory_req_gb", "memory"),
    ("created_by", "actor"),
    ("tags", "tag"),
    ("export_formats", "exports.format"),
];

/// The field as it is written in a search, also by its name in JSON, and `tags`, `metrics`, `metadata`, `notes`.
impl FromStr for ModelColumn {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        match text {
            "metrics" => return Ok(Self::Metrics),
            "metadata" => return Ok(Self::Metadata),
            "notes" => return Ok(Self::Notes),
            _ => {}
        }
        let other = OTHER_NAMES.iter().find(|(name, _)| *name == text);
        Ok(match Field::parse(other.map_or(text, |(_, field)| *field))? {
            Field::Set(SetField::Tag) => Self::Tags,
            Field::Set(SetField::ExportFormat) => Self::Formats,
            Field::Metadata(path) => Self::MetadataAt(path),
            field => Self::Field(field.try_into()?),
        })
    }
}

impl ModelColumn {
    /// The id.
    pub const ID: Self = Self::Field(SortField::Integer(IntegerField::Id));
    /// The name.
    pub const NAME: Self = Self::Field(SortField::Text(TextField::Name));
    /// The version.
    pub const VERSION: Self = Self::Field(SortField::Version);
    /// The ordinal.
    pub const ORDINAL: Self = Self::Field(SortField::Integer(IntegerField::Ordinal));
    /// The task type.
    pub const TASK_TYPE: Self = Self::Field(SortField::Text(TextField::TaskType));
    /// The status.
    pub const STATUS: Self = Self::Field(SortField::Status);
    /// When it was registered.
    pub const CREATED: Self = Self::Field(SortField::Time(TimeField::CreatedAt));

    /// Whether a summary lacks it.
    pub fn needs_whole_models(&self) -> bool {
        matches!(
            self,
            Self::Formats | Self::Notes | Self::Metadata | Self::MetadataAt(_)
        )
    }

    /// Its name for programs.
    pub fn name(&self) -> String {
        match self {
            Self::Field(field) => field.to_string(),
            Self::Tags => "tags".into(),
            Self::Metrics => "metrics".into(),
            Self::Formats => "exports.format".into(),
            Self::Notes => "notes".into(),
            Self::Metadata => "metadata".into(),
            Self::MetadataAt(path) => format!("metadata{path}"),
        }
    }

    /// Its place in a table.
    pub(super) fn heading(&self, screen: &Screen) -> Column {
        let field = match self {
            Self::Field(field) => field,
            Self::Tags => return Column::text("Tags"),
            Self::Metrics => return Column::text("Metrics"),
            Self::Formats => return Column::text("Formats"),
            Self::Notes => return Column::text("Notes"),
            Self::Metadata => return Column::text("Metadata"),
            Self::MetadataAt(path) => {
                let path = path.to_string();
                return Column::text(plain(path.strip_prefix('.').unwrap_or(&path), screen));
            }
        };
        match field {
            SortField::Integer(IntegerField::Id) => Column::fixed("Model ID").right(),
            SortField::Integer(IntegerField::Ordinal) => Column::fixed("Ordinal").right(),
            SortField::Integer(IntegerField::Parent) => Column::fixed("Parent").right(),
            SortField::Integer(IntegerField::TrainingRunId) => Column::fixed("Training Run").right(),
            SortField::Number(NumberField::Size) => Column::fixed("Size").right(),
            SortField::Number(NumberField::Memory) => Column::fixed("Memory").right(),
            SortField::Number(NumberField::Metric(name)) => {
                Column::fixed(plain(name.as_str(), screen)).right()
            }
            SortField::Text(TextField::Name) => Column::text("Name"),
            SortField::Text(TextField::TaskType) => Column::text("Task Type"),
            SortField::Text(TextField::ConfigHash) => Column::text("Config Hash"),
            SortField::Text(TextField::Path) => Column::text("Checkpoint"),
            SortField::Text(TextField::Actor) => Column::text("By"),
            SortField::Version => Column::fixed("Version"),
            SortField::Status => Column::fixed("Status"),
            SortField::Time(TimeField::CreatedAt) => Column::fixed(time::heading("Created", screen)),
            SortField::Time(TimeField::UpdatedAt) => Column::fixed(time::heading("Updated", screen)),
        }
    }

    /// The value for a person.
    pub(super) fn shown<T: Listed>(&self, model: &T, screen: &Screen) -> String {
        let text = match self {
            Self::Field(SortField::Number(field)) => model.number(field).map(|value| match field {
                NumberField::Size => number::size(value),
                NumberField::Memory => number::memory(value),
                NumberField::Metric(_) => number::significant(value),
            }),
            Self::Field(SortField::Time(field)) => Some(time::minute(model.time(*field), screen)),
            Self::Tags => Some(joined(&model.tag_names(), ", ")),
            Self::Formats => model.whole().map(|model| joined(&model.export_formats(), ", ")),
            Self::Metrics => {
                let metrics = model.metrics().iter();
                let metrics: Vec<String> = metrics
                    .map(|(name, value)| format!("{name} {}", number::significant(value)))
                    .collect();
                Some(metrics.join(", "))
            }
            _ => return plain(&self.exact(model), screen),
        };
        plain(&text.unwrap_or_default(), screen)
    }

    /// The value for a program.
    pub(super) fn exact<T: Listed>(&self, model: &T) -> String {
        match self {
            Self::Field(SortField::Integer(field)) => csv::optional(model.integer(*field)),
            Self::Field(SortField::Number(field)) => match (field, model.number(field)) {
                (NumberField::Metric(_), Some(value)) => number::exact(value),
                (_, value) => csv::optional(value),
            },
            Self::Field(SortField::Text(field)) => model.text(*field).to_owned(),
            Self::Field(SortField::Version) => model.version().to_string(),
            Self::Field(SortField::Time(field)) => model.time(*field).to_string(),
            Self::Field(SortField::Status) => model.status().to_string(),
            Self::Tags => joined(&model.tag_names(), ","),
            Self::Metrics => csv::json(model.metrics()),
            Self::Formats => model
                .whole()
                .map_or_else(String::new, |model| joined(&model.export_formats(), ",")),
            Self::Notes => csv::optional(model.whole().and_then(|model| model.notes.as_ref())),
            Self::Metadata => model
                .whole()
                .map_or_else(String::new, |model| csv::json(&model.metadata)),
            Self::MetadataAt(path) => match model.whole().and_then(|model| at(model, path)) {
                None | Some(Value::Null) => String::new(),
                Some(Value::String(text)) => text.clone(),
                Some(value) => value.to_string(),
            },
        }
    }
}

fn joined<T: ToString>(values: &[T], separator: &str) -> String {
    let values: Vec<String> = values.iter().map(ToString::to_string).collect();
    values.join(separator)
}

/// What stands at the path.
fn at<'a>(model: &'a Model, path: &MetadataPath) -> Option<&'a Value> {
    let mut steps = path.steps().iter();
    let Some(Step::Key(first)) = steps.next() else {
        return None;
    };
    let first = model.metadata.as_map().get(first)?;
    steps.try_fold(first, |value, step| match step {
        Step::Key(key) => value.as_object()?.get(key),
        Step::Index(index) => value.as_array()?.get(usize::try_from(*index).ok()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::testing::{WIDE, a_model, tagged, with_metrics};

    fn values(column: &str) -> (String, String) {
        let column: ModelColumn = column.parse().unwrap();
        let mut model = tagged(a_model(7, "gpt", "1.2.0"), "b", true);
        model = with_metrics(tagged(model, "c", false), r#"{"val_loss": 0.381234567, "n": 2}"#);
        model.model_size_mb = Some(21.5.try_into().unwrap());
        model.metadata = r#"{"opt": {"name": "adam"}, "layers": [8, null]}"#.parse().unwrap();
        (column.shown(&model, &WIDE), column.exact(&model))
    }

    #[test]
    fn values_for_people_and_for_programs() {
        for (column, shown, exact) in [
            ("id", "7", "7"),
            ("model_id", "7", "7"),
            ("parent", "", ""),
            ("size", "21.5 MB", "21.5"),
            ("tags", "b, c", "b,c"),
            ("metrics.val_loss", "0.381235", "0.381234567"),
            ("metrics.n", "2", "2.0"),
            ("metrics.none", "", ""),
            (
                "metrics",
                "val_loss 0.381235, n 2",
                r#"{"val_loss":0.381234567,"n":2.0}"#,
            ),
            ("created_at", "2026-01-31 12:00", "2026-01-31T12:00:00.000000Z"),
            ("metadata.opt.name", "adam", "adam"),
            ("metadata.opt", r#"{"name":"adam"}"#, r#"{"name":"adam"}"#),
            ("metadata.layers[0]", "8", "8"),
            ("metadata.layers[1]", "", ""),
            ("metadata.layers[9]", "", ""),
            ("metadata.nothing", "", ""),
            ("notes", "", ""),
        ] {
            assert_eq!(values(column), (shown.to_owned(), exact.to_owned()), "{column}");
        }
    }

    #[test]
    fn what_has_no_value_is_no_column() {
        for text in ["ancestor", "nam", "", "metadata[0]"] {
            assert!(text.parse::<ModelColumn>().is_err(), "{text}");
        }
    }
}
