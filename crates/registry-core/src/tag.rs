//! Tags on models, and what a promotion asks for.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, InvalidValue, ValueKind};
use crate::identifier::{ModelId, ModelRef};
use crate::text::TagName;
use crate::timestamp::Timestamp;

/// A tag on a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// The tag.
    pub name: TagName,
    /// When the model got it.
    pub since: Timestamp,
    /// Whether it came by promotion; otherwise it is a label.
    pub promoted: bool,
}

/// From whom a promotion takes the tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PromotionScope {
    /// From every other model: one holder in the registry, as in the original.
    #[default]
    Registry,
    /// From the other versions of the same name: one holder for each name.
    Name,
    /// From nobody.
    None,
}

impl PromotionScope {
    /// The scope as it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::Name => "name",
            Self::None => "none",
        }
    }
}

impl std::fmt::Display for PromotionScope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for PromotionScope {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "registry" => Ok(Self::Registry),
            "name" => Ok(Self::Name),
            "none" => Ok(Self::None),
            _ => Err(InvalidValue::new(ValueKind::Scope, text, "there is no such scope").into()),
        }
    }
}

/// Who must hold the tag for a promotion to go ahead: compare and set.
///
/// The holder is who `:tag` finds: of the active models with the tag, within the name under scope
/// [`Name`](PromotionScope::Name), the one that got it last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Expectation {
    /// Nobody holds it.
    Nobody,
    /// This model holds it.
    Holder(ModelRef),
}

/// A request to promote a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PromoteRequest {
    /// The model that gets the tag.
    pub model: ModelId,
    /// The tag.
    pub tag: TagName,
    /// From whom it is taken; `None`: as the registry's settings say.
    pub scope: Option<PromotionScope>,
    /// Who must hold it now; `None`: anybody.
    pub expect: Option<Expectation>,
}

impl PromoteRequest {
    /// A promotion by the registry's default scope, whoever holds the tag now.
    pub fn new(model: ModelId, tag: TagName) -> Self {
        Self {
            model,
            tag,
            scope: None,
            expect: None,
        }
    }

    /// With this scope.
    #[must_use]
    pub fn scope(mut self, scope: PromotionScope) -> Self {
        self.scope = Some(scope);
        self
    }

    /// Only if this is the holder.
    #[must_use]
    pub fn expect(mut self, expect: Expectation) -> Self {
        self.expect = Some(expect);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn only_its_own_words_are_read(text in any::<String>(), near in "[rR]egistry|names?|none ?") {
            for text in [text, near] {
                if let Ok(value) = text.parse::<PromotionScope>() {
                    prop_assert_eq!(value.as_str(), text);
                }
            }
        }
    }

    #[test]
    fn its_own_words_are_read() {
        for value in [
            PromotionScope::Registry,
            PromotionScope::Name,
            PromotionScope::None,
        ] {
            assert_eq!(value.as_str().parse::<PromotionScope>().unwrap(), value);
        }
    }
}
