//! The order of the models found.

use std::cmp::Ordering;
use std::fmt::{Display, Formatter};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::carrier::Fields;
use super::error::{SearchError, SearchProblem};
use super::field::{Field, IntegerField, NumberField, TextField, TimeField};
use super::limits;
use crate::identifier::ModelId;
use crate::model::Model;
use crate::status::Status;
use crate::timestamp::Timestamp;
use crate::version::Version;

/// A field to sort by: one that has at most one value, always of the same kind. So not `tag`, `exports.format`,
/// `ancestor` or metadata.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SortField {
    /// A whole number.
    Integer(IntegerField),
    /// A number.
    Number(NumberField),
    /// A text, by bytes.
    Text(TextField),
    /// The version, as SemVer says.
    Version,
    /// A time.
    Time(TimeField),
    /// The status: active before retired.
    Status,
}

/// One key of an order. Models without the field come last, upwards and downwards.
///
/// As text it is the field, then `asc` (which may be left out) or `desc`:
///
/// ```
/// use registry_core::search::Sort;
///
/// let sort: Sort = "metrics.accuracy desc".parse()?;
/// assert_eq!(sort, Sort::descending("metrics.accuracy".parse()?));
/// assert!("tag".parse::<Sort>().is_err());
/// # Ok::<(), registry_core::search::SearchError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sort {
    /// The field.
    pub field: SortField,
    /// Whether the largest comes first.
    pub descending: bool,
}

/// A total order of models: some keys, then the id in the direction of the last key, so that an index on
/// (key, id) gives it read one way.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct SortOrder(Vec<Sort>);

/// The value of a sort key, as it stands in a cursor.
#[derive(Debug, Clone, PartialEq)]
pub enum SortValue {
    /// Of a whole number. Ordinals beyond 64 bits with sign do not occur; they would count as the largest.
    Integer(i64),
    /// Of a number.
    Number(f64),
    /// Of a text.
    Text(String),
    /// Of the version.
    Version(Version),
    /// Of a time.
    Time(Timestamp),
    /// Of the status.
    Status(Status),
}

/// Where a model stands in an order: the values of its keys (`None`: missing) and its id.
#[derive(Debug, Clone, PartialEq)]
pub struct Position {
    /// A value for each key of the order.
    pub values: Vec<Option<SortValue>>,
    /// The model.
    pub id: ModelId,
}

impl SortField {
    /// The model's value, if it has one.
    pub fn value(&self, model: &impl Fields) -> Option<SortValue> {
        Some(match self {
            Self::Integer(field) => {
                let value = model.integer(*field)?;
                SortValue::Integer(i64::try_from(value).unwrap_or(i64::MAX))
            }
            Self::Number(field) => SortValue::Number(model.number(field)?),
            Self::Text(field) => SortValue::Text(model.text(*field).to_owned()),
            Self::Version => SortValue::Version(model.version().clone()),
            Self::Time(field) => SortValue::Time(model.time(*field)),
            Self::Status => SortValue::Status(model.status()),
        })
    }

    /// Whether a value can be one of this field.
    pub(super) fn accepts(&self, value: &SortValue) -> bool {
        matches!(
            (self, value),
            (Self::Integer(_), SortValue::Integer(_))
                | (Self::Number(_), SortValue::Number(_))
                | (Self::Text(_), SortValue::Text(_))
                | (Self::Version, SortValue::Version(_))
                | (Self::Time(_), SortValue::Time(_))
                | (Self::Status, SortValue::Status(_))
        )
    }
}

impl Sort {
    /// The smallest first.
    pub fn ascending(field: SortField) -> Self {
        Self {
            field,
            descending: false,
        }
    }

    /// The largest first.
    pub fn descending(field: SortField) -> Self {
        Self {
            field,
            descending: true,
        }
    }

    fn compare(&self, left: Option<&SortValue>, right: Option<&SortValue>) -> Ordering {
        match (left, right) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(left), Some(right)) => turned(left.compare(right), self.descending),
        }
    }
}

impl SortOrder {
    /// An order by these keys; none: the default order.
    ///
    /// # Errors
    /// Refuses a field named twice and more than 8 keys.
    pub fn new(keys: Vec<Sort>) -> Result<Self, SearchError> {
        if keys.is_empty() {
            return Ok(Self::default());
        }
        if keys.len() > limits::MAX_SORTS {
            return Err(SearchError::new(SearchProblem::TooManySorts {
                count: keys.len(),
            }));
        }
        for (at, key) in keys.iter().enumerate() {
            if keys[..at].iter().any(|other| other.field == key.field) {
                let field = key.field.to_string();
                return Err(SearchError::new(SearchProblem::SortedTwice { field }));
            }
        }
        Ok(Self(keys))
    }

    /// The keys, at least one.
    pub fn keys(&self) -> &[Sort] {
        &self.0
    }

    /// Whether ties are in descending order of the id: the direction of the last key.
    pub fn ids_descend(&self) -> bool {
        self.0.last().is_some_and(|sort| sort.descending)
    }

    /// Where the model stands.
    pub fn position(&self, model: &impl Fields) -> Position {
        Position {
            values: self.0.iter().map(|sort| sort.field.value(model)).collect(),
            id: model.id(),
        }
    }

    /// Which of two models comes first. Equal only for the same id.
    pub fn compare(&self, left: &Model, right: &Model) -> Ordering {
        self.compare_positions(&self.position(left), &self.position(right))
    }

    /// Which of two positions comes first.
    pub fn compare_positions(&self, left: &Position, right: &Position) -> Ordering {
        self.0
            .iter()
            .zip(left.values.iter().zip(&right.values))
            .map(|(sort, (left, right))| sort.compare(left.as_ref(), right.as_ref()))
            .find(|ordering| ordering.is_ne())
            .unwrap_or_else(|| turned(left.id.cmp(&right.id), self.ids_descend()))
    }
}

/// Newest first: by time of registration, then id.
impl Default for SortOrder {
    fn default() -> Self {
        Self(vec![Sort::descending(SortField::Time(TimeField::CreatedAt))])
    }
}

impl SortValue {
    /// Values of different kinds never meet in one key; they would count as equal.
    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Integer(left), Self::Integer(right)) => left.cmp(right),
            // Adding zero makes -0 and 0 the same, as they are to databases.
            (Self::Number(left), Self::Number(right)) => (left + 0.0).total_cmp(&(right + 0.0)),
            (Self::Text(left), Self::Text(right)) => left.as_bytes().cmp(right.as_bytes()),
            (Self::Version(left), Self::Version(right)) => left.cmp(right),
            (Self::Time(left), Self::Time(right)) => left.cmp(right),
            (Self::Status(left), Self::Status(right)) => left.as_str().cmp(right.as_str()),
            _ => Ordering::Equal,
        }
    }
}

fn turned(ordering: Ordering, descending: bool) -> Ordering {
    if descending { ordering.reverse() } else { ordering }
}

impl TryFrom<Field> for SortField {
    type Error = SearchError;

    fn try_from(field: Field) -> Result<Self, SearchError> {
        Ok(match field {
            Field::Integer(field) => Self::Integer(field),
            Field::Number(field) => Self::Number(field),
            Field::Text(field) => Self::Text(field),
            Field::Version => Self::Version,
            Field::Time(field) => Self::Time(field),
            Field::Status => Self::Status,
            Field::Set(_) | Field::Ancestor | Field::Metadata(_) => {
                let problem = SearchProblem::Unsortable {
                    field: field.to_string(),
                };
                return Err(SearchError::new(problem).expecting(
                    "a field with one value, such as `created_at`, `version` or `metrics.<name>`",
                ));
            }
        })
    }
}

impl From<SortField> for Field {
    fn from(field: SortField) -> Self {
        match field {
            SortField::Integer(field) => Self::Integer(field),
            SortField::Number(field) => Self::Number(field),
            SortField::Text(field) => Self::Text(field),
            SortField::Version => Self::Version,
            SortField::Time(field) => Self::Time(field),
            SortField::Status => Self::Status,
        }
    }
}

impl Display for SortField {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        Field::from(self.clone()).fmt(f)
    }
}

impl FromStr for SortField {
    type Err = SearchError;

    fn from_str(text: &str) -> Result<Self, SearchError> {
        Field::parse(text)?
            .try_into()
            .map_err(|error: SearchError| error.at(text, 0..text.len()))
    }
}

impl Display for Sort {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let direction = if self.descending { " desc" } else { "" };
        write!(f, "{}{direction}", self.field)
    }
}

impl FromStr for Sort {
    type Err = SearchError;

    fn from_str(text: &str) -> Result<Self, SearchError> {
        let trimmed = text.trim();
        let (field, descending) = match trimmed.rsplit_once(char::is_whitespace) {
            Some((field, word)) if word.eq_ignore_ascii_case("desc") => (field.trim_end(), true),
            Some((field, word)) if word.eq_ignore_ascii_case("asc") => (field.trim_end(), false),
            _ => (trimmed, false),
        };
        Ok(Self {
            field: field.parse()?,
            descending,
        })
    }
}

impl Serialize for Sort {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sort {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for SortOrder {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(Vec::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}
