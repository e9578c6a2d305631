//! Where a model came from and what came from it.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, InvalidValue, ValueKind};
use crate::identifier::ModelId;
use crate::model::Model;

/// Which part of the family to follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LineageScope {
    /// The chain of parents up to the oldest.
    #[default]
    Ancestors,
    /// Everything that was trained from the model.
    Descendants,
    /// Everything that shares the oldest ancestor.
    Family,
}

impl LineageScope {
    /// The scope as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ancestors => "ancestors",
            Self::Descendants => "descendants",
            Self::Family => "family",
        }
    }
}

impl FromStr for LineageScope {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "ancestors" => Ok(Self::Ancestors),
            "descendants" => Ok(Self::Descendants),
            "family" => Ok(Self::Family),
            _ => Err(InvalidValue::new(ValueKind::LineageScope, text, "there is no such scope").into()),
        }
    }
}

/// A member of a family.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LineageNode {
    /// Its distance from the model asked for: -1 for the parent's generation, 1 for the children's.
    pub generation: i64,
    /// The member.
    pub model: Model,
}

/// A model with its ancestors, descendants or whole family.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lineage {
    /// The model asked for; always among the nodes.
    #[serde(rename = "model_id")]
    pub model: ModelId,
    /// Oldest generation first, then by id.
    pub nodes: Vec<LineageNode>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn only_its_own_words_are_read(text in any::<String>(), near in "ancestors?|[dD]escendants|family ?") {
            for text in [text, near] {
                if let Ok(value) = text.parse::<LineageScope>() {
                    prop_assert_eq!(value.as_str(), text);
                }
            }
        }
    }

    #[test]
    fn its_own_words_are_read() {
        for value in [
            LineageScope::Ancestors,
            LineageScope::Descendants,
            LineageScope::Family,
        ] {
            assert_eq!(value.as_str().parse::<LineageScope>().unwrap(), value);
        }
    }
}
