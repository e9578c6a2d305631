//! Limits and pages, and the question for events. Questions for models are in [`search`](crate::search).

use std::str::FromStr;

use crate::error::{Error, InvalidValue, ValueKind};
use crate::event::EventId;
use crate::identifier::ModelId;
use crate::text::{ModelName, TagName};

/// How many entries to return at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// This many.
    AtMost(u32),
    /// All of them (the original's -1).
    Unlimited,
}

impl Limit {
    /// The number for a program that has no word for "all".
    pub fn as_i64(self) -> i64 {
        match self {
            Self::AtMost(limit) => i64::from(limit),
            Self::Unlimited => i64::MAX,
        }
    }
}

impl Default for Limit {
    /// 50, as in the original.
    fn default() -> Self {
        Self::AtMost(50)
    }
}

impl FromStr for Limit {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text == "-1" {
            return Ok(Self::Unlimited);
        }
        text.parse()
            .map(Self::AtMost)
            .map_err(|_| InvalidValue::new(ValueKind::Limit, text, "it is no such number").into())
    }
}

/// Which events to show: newest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HistoryQuery {
    /// Only of this model, deleted ones included.
    pub model: Option<ModelId>,
    /// Only of models of this name.
    pub name: Option<ModelName>,
    /// Only with this tag.
    pub tag: Option<TagName>,
    /// How many to a page.
    pub limit: Limit,
    /// Only events before this one: where the page before ended.
    pub before: Option<EventId>,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T, C> {
    /// The entries.
    pub items: Vec<T>,
    /// Where to read on; `None`: there is no more.
    pub next: Option<C>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn parsing_never_panics(text in any::<String>(), near in "-?[0-9]{0,12}") {
            let _ = (text.parse::<Limit>(), near.parse::<Limit>());
        }
    }
}
