//! How many models fit, and how they divide.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::field::{Field, SetField, TextField};

/// How many there are, as far as it was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Count {
    /// All were counted.
    Exactly(u64),
    /// Counting stopped here, and there are more.
    MoreThan(u64),
}

impl Count {
    /// What counting at most one beyond the bound has found.
    pub fn bounded(found: u64, up_to: Option<u64>) -> Self {
        match up_to {
            Some(bound) if found > bound => Self::MoreThan(bound),
            _ => Self::Exactly(found),
        }
    }

    /// The number: all of them, or the bound.
    pub fn number(self) -> u64 {
        match self {
            Self::Exactly(number) | Self::MoreThan(number) => number,
        }
    }

    /// Whether it is the whole number.
    pub fn is_exact(self) -> bool {
        matches!(self, Self::Exactly(_))
    }
}

/// As `{"count": 10000, "exact": false}`.
impl Serialize for Count {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let mut count = serializer.serialize_struct("Count", 2)?;
        count.serialize_field("count", &self.number())?;
        count.serialize_field("exact", &self.is_exact())?;
        count.end()
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Document {
            count: u64,
            exact: bool,
        }
        let Document { count, exact } = Document::deserialize(deserializer)?;
        Ok(if exact {
            Self::Exactly(count)
        } else {
            Self::MoreThan(count)
        })
    }
}

/// A field by which found models divide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each variant is the field it is called after")]
pub enum FacetField {
    TaskType,
    Status,
    Tag,
    Name,
}

impl FacetField {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::TaskType, Self::Status, Self::Tag, Self::Name];

    /// The field of a search that it is.
    pub fn field(self) -> Field {
        match self {
            Self::TaskType => Field::Text(TextField::TaskType),
            Self::Status => Field::Status,
            Self::Tag => Field::Set(SetField::Tag),
            Self::Name => Field::Text(TextField::Name),
        }
    }
}

/// How many of the found models have a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetValue {
    /// The value.
    pub value: String,
    /// How many have it.
    pub count: u64,
}

/// How the models that fit a search divide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facets {
    /// How many models were looked at. Where it is [`Count::MoreThan`], they are the first ones in the order of the
    /// search, and the numbers speak of those alone.
    pub models: Count,
    /// By task type: the most frequent values, at equal numbers by their bytes.
    pub task_type: Vec<FacetValue>,
    /// By status.
    pub status: Vec<FacetValue>,
    /// By tag; a model counts for each of its tags.
    pub tag: Vec<FacetValue>,
    /// By name.
    pub name: Vec<FacetValue>,
}

impl Facets {
    /// The values of a field.
    pub fn of(&self, field: FacetField) -> &[FacetValue] {
        match field {
            FacetField::TaskType => &self.task_type,
            FacetField::Status => &self.status,
            FacetField::Tag => &self.tag,
            FacetField::Name => &self.name,
        }
    }
}

/// How far to count facets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FacetLimits {
    /// How many models to look at.
    pub models: u32,
    /// How many values of each field to tell.
    pub values: u32,
}

/// The first ten thousand models, ten values of each field.
impl Default for FacetLimits {
    fn default() -> Self {
        Self {
            models: 10_000,
            values: 10,
        }
    }
}
