//! Sizes and memory: finite, never negative.

use serde::{Deserialize, Serialize};

use crate::error::{InvalidValue, ValueKind};

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident, $kind:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
        #[serde(try_from = "f64", into = "f64")]
        pub struct $name(f64);

        impl $name {
            /// The number.
            pub fn get(self) -> f64 {
                self.0
            }
        }

        impl TryFrom<f64> for $name {
            type Error = InvalidValue;

            fn try_from(value: f64) -> Result<Self, InvalidValue> {
                if !value.is_finite() {
                    return Err(InvalidValue::new($kind, value.to_string(), "it is not a finite number"));
                }
                if value < 0.0 {
                    return Err(InvalidValue::new($kind, value.to_string(), "it is negative"));
                }
                Ok(Self(value.abs()))
            }
        }

        impl From<$name> for f64 {
            fn from(value: $name) -> f64 {
                value.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::error::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let value: f64 = text.parse().map_err(|_| InvalidValue::new($kind, text, "it is not a number"))?;
                Ok(Self::try_from(value)?)
            }
        }
    };
}

quantity!(
    /// The size of a checkpoint in megabytes of 1,048,576 bytes, as the original counts them.
    SizeMb,
    ValueKind::Size
);

quantity!(
    /// The memory that a model needs to run, in gigabytes.
    MemoryGb,
    ValueKind::Memory
);

impl SizeMb {
    /// The size of this many bytes.
    ///
    /// ```
    /// assert_eq!(registry_core::SizeMb::from_bytes(1_572_864).get(), 1.5);
    /// ```
    pub fn from_bytes(bytes: u64) -> Self {
        Self(bytes as f64 / 1_048_576.0)
    }
}
