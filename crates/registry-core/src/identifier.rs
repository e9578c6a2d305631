//! Model ids, and the short reference that names a model to a person.

use serde::{Deserialize, Serialize};

use crate::error::{InvalidValue, ValueKind};
use crate::text::ModelName;
use crate::version::Version;

/// The id of a model version within one registry: a whole number from 1, never used again after a delete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct ModelId(i64);

impl ModelId {
    /// The number.
    pub fn get(self) -> i64 {
        self.0
    }
}

impl TryFrom<i64> for ModelId {
    type Error = InvalidValue;

    fn try_from(id: i64) -> Result<Self, InvalidValue> {
        if id < 1 {
            return Err(InvalidValue::new(
                ValueKind::ModelId,
                id.to_string(),
                "it is less than 1",
            ));
        }
        Ok(Self(id))
    }
}

impl From<ModelId> for i64 {
    fn from(id: ModelId) -> Self {
        id.0
    }
}

impl std::str::FromStr for ModelId {
    type Err = crate::error::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number: i64 = text
            .parse()
            .map_err(|_| InvalidValue::new(ValueKind::ModelId, text, "it is not a whole number"))?;
        Ok(Self::try_from(number)?)
    }
}

impl std::fmt::Display for ModelId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A model version as errors, events and answers name it: it stays readable after the model is gone.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ModelRef {
    /// The id.
    #[serde(rename = "model_id")]
    pub id: ModelId,
    /// The name.
    pub name: ModelName,
    /// The version.
    pub version: Version,
}

impl std::fmt::Display for ModelRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}@{} (id {})", self.name, self.version, self.id)
    }
}
