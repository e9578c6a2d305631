//! What can be asked about a model: its fields, each of one kind, and the kind decides which comparisons exist.

mod path;
mod words;

pub use path::{MetadataPath, Step};
pub(crate) use words::EXPECTED;

use std::fmt::{Display, Formatter};
use std::str::FromStr;

use super::error::SearchError;
use super::parse;
use crate::text::MetricName;

/// A field of a model. Its variants are the kinds; a comparison belongs to a kind.
///
/// ```
/// use registry_core::search::Field;
///
/// let field: Field = r#"metadata.optimizer."weight decay""#.parse()?;
/// assert_eq!(field.to_string(), r#"metadata.optimizer."weight decay""#);
/// # Ok::<(), registry_core::search::SearchError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Field {
    /// A whole number.
    Integer(IntegerField),
    /// A number.
    Number(NumberField),
    /// A text.
    Text(TextField),
    /// `version`: compared as SemVer says.
    Version,
    /// A point in time.
    Time(TimeField),
    /// `status`.
    Status,
    /// Several texts, or none.
    Set(SetField),
    /// `ancestor`: the ids of the parent, its parent and so on; several, or none.
    Ancestor,
    /// `metadata.<path>`: whatever the user put there.
    Metadata(MetadataPath),
}

/// Fields that are whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IntegerField {
    /// `id`.
    Id,
    /// `ordinal`: 1, 2, 3... within the name.
    Ordinal,
    /// `parent`: the id of the parent.
    Parent,
    /// `training_run_id`.
    TrainingRunId,
}

/// Fields that are numbers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum NumberField {
    /// `size`: of the checkpoint, in megabytes of 1,048,576 bytes.
    Size,
    /// `memory`: needed to run, in gigabytes.
    Memory,
    /// `metrics.<name>`.
    Metric(MetricName),
}

/// Fields that are texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextField {
    /// `name`.
    Name,
    /// `task_type`.
    TaskType,
    /// `config_hash`.
    ConfigHash,
    /// `path`: of the checkpoint, as typed.
    Path,
    /// `actor`: who registered the model.
    Actor,
}

/// Fields that are points in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeField {
    /// `created_at`.
    CreatedAt,
    /// `updated_at`.
    UpdatedAt,
}

/// Fields that are sets of texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SetField {
    /// `tag`.
    Tag,
    /// `exports.format`: the declared formats and those of the exports.
    ExportFormat,
}

/// What a field's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each variant is the kind it is called after")]
pub enum FieldKind {
    Integer,
    Number,
    Text,
    Version,
    Time,
    Status,
    SetOfTexts,
    SetOfIntegers,
    /// Numbers, texts and booleans, different from model to model.
    Any,
}

impl Field {
    /// `id`.
    pub const ID: Self = Self::Integer(IntegerField::Id);
    /// `created_at`.
    pub const CREATED_AT: Self = Self::Time(TimeField::CreatedAt);

    /// Reads a field as it is written in a search.
    ///
    /// # Errors
    /// [`SearchError`] when there is no such field, with the nearest one.
    pub fn parse(text: &str) -> Result<Self, SearchError> {
        parse::field(text)
    }

    /// The field of a metric.
    ///
    /// # Errors
    /// Refuses what is no name of a metric.
    pub fn metric(name: impl Into<String>) -> Result<Self, SearchError> {
        Ok(Self::Number(NumberField::Metric(MetricName::parse(name)?)))
    }

    /// What its values are.
    pub fn kind(&self) -> FieldKind {
        match self {
            Self::Integer(_) => FieldKind::Integer,
            Self::Number(_) => FieldKind::Number,
            Self::Text(_) => FieldKind::Text,
            Self::Version => FieldKind::Version,
            Self::Time(_) => FieldKind::Time,
            Self::Status => FieldKind::Status,
            Self::Set(_) => FieldKind::SetOfTexts,
            Self::Ancestor => FieldKind::SetOfIntegers,
            Self::Metadata(_) => FieldKind::Any,
        }
    }
}

impl Display for Field {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(NumberField::Metric(name)) => {
                f.write_str("metrics.")?;
                words::write_part(name.as_str(), f)
            }
            Self::Metadata(path) => write!(f, "metadata{path}"),
            _ => f.write_str(words::fixed_name(self)),
        }
    }
}

impl FromStr for Field {
    type Err = SearchError;

    fn from_str(text: &str) -> Result<Self, SearchError> {
        Self::parse(text)
    }
}

impl Field {
    /// The field of this path of names, the first of which must not have been quoted.
    pub(crate) fn from_parts(first: &str, rest: Vec<Step>) -> Result<Self, SearchError> {
        words::resolve(first, rest)
    }
}
