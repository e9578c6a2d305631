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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_no_quantity_is_refused() {
        for text in ["", "big", "NaN", "inf", "-inf", "-1", "1e999", "1 GB"] {
            assert!(text.parse::<SizeMb>().is_err(), "{text}");
            assert!(text.parse::<MemoryGb>().is_err(), "{text}");
        }
        assert_eq!("-0".parse::<SizeMb>().unwrap().get().to_bits(), 0);
    }

    proptest! {
        #[test]
        fn any_text_is_a_quantity_or_refused(text in any::<String>(), near in "[-+]?[0-9]{0,4}[.]?[0-9]{0,4}(e-?[0-9]{1,4})?") {
            for text in [text, near] {
                if let Ok(size) = text.parse::<SizeMb>() {
                    prop_assert!(size.get() >= 0.0 && size.get().is_finite(), "{}", text);
                }
                prop_assert_eq!(text.parse::<SizeMb>().is_ok(), text.parse::<MemoryGb>().is_ok());
            }
        }

        #[test]
        fn a_quantity_reads_back_exactly(number in 0.0..f64::MAX) {
            let memory: MemoryGb = number.to_string().parse().unwrap();
            prop_assert_eq!(memory.get().to_bits(), number.to_bits());
        }
    }
}
