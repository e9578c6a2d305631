//! Whether a model version is in use.

use std::str::FromStr;

use crate::error::{Error, InvalidValue, ValueKind};

/// The state of a model version. Retiring keeps everything, tags included; a retired model is not found by tag and
/// cannot be promoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// In use.
    #[default]
    Active,
    /// Out of use; can be restored.
    Retired,
}

impl Status {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::Active, Self::Retired];

    /// The status as it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Retired => "retired",
        }
    }

    /// Reads a status.
    ///
    /// # Errors
    /// [`InvalidValue`] for anything but `active` and `retired`.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        match text {
            "active" => Ok(Self::Active),
            "retired" => Ok(Self::Retired),
            _ => Err(InvalidValue::new(
                ValueKind::Status,
                text,
                "there is no such status",
            )),
        }
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Status {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Ok(Self::parse(text)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn only_its_own_words_are_read(text in any::<String>(), near in "[aA]ctive|[rR]etired ?|retire") {
            for text in [text, near] {
                if let Ok(value) = text.parse::<Status>() {
                    prop_assert_eq!(value.as_str(), text);
                }
            }
        }
    }

    #[test]
    fn its_own_words_are_read() {
        for value in [Status::Active, Status::Retired] {
            assert_eq!(value.as_str().parse::<Status>().unwrap(), value);
        }
    }
}
