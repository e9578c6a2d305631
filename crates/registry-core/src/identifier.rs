//! Ids of models, training runs, webhooks and deliveries, and the short reference that names a model to a person.

use serde::{Deserialize, Serialize};

use crate::error::{InvalidValue, ValueKind};
use crate::text::ModelName;
use crate::version::Version;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $kind:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "i64", into = "i64")]
        pub struct $name(i64);

        impl $name {
            /// The number.
            pub fn get(self) -> i64 {
                self.0
            }
        }

        impl TryFrom<i64> for $name {
            type Error = InvalidValue;

            fn try_from(id: i64) -> Result<Self, InvalidValue> {
                if id < 1 {
                    return Err(InvalidValue::new($kind, id.to_string(), "it is less than 1"));
                }
                Ok(Self(id))
            }
        }

        impl From<$name> for i64 {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::error::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let number: i64 = text
                    .parse()
                    .map_err(|_| InvalidValue::new($kind, text, "it is not a whole number"))?;
                Ok(Self::try_from(number)?)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(
    /// The id of a model version within one registry: a whole number from 1, never used again after a delete.
    ModelId,
    ValueKind::ModelId
);

id!(
    /// The id of a training run in the experiment database, which gives numbers from 1.
    ///
    /// ```
    /// use registry_core::TrainingRunId;
    ///
    /// assert!(TrainingRunId::try_from(42).is_ok());
    /// assert!(TrainingRunId::try_from(0).is_err());
    /// assert!("-3".parse::<TrainingRunId>().is_err());
    /// ```
    TrainingRunId,
    ValueKind::TrainingRunId
);

id!(
    /// The id of a webhook within one registry: a whole number from 1, never used again after a delete.
    WebhookId,
    ValueKind::WebhookId
);

id!(
    /// The id of a delivery within one registry: a whole number from 1, never used again. Later events have deliveries
    /// with higher ids.
    DeliveryId,
    ValueKind::DeliveryId
);

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
