//! Questions to the registry: filters, limits, pages.

use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::config_hash::ConfigHash;
use crate::error::{Error, InvalidValue, ValueKind};
use crate::event::EventId;
use crate::identifier::ModelId;
use crate::status::Status;
use crate::text::{MetricName, ModelName, TagName, TaskType};
use crate::timestamp::Timestamp;

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

/// A place in a list, to read on from: the last entry of the page before. Opaque text outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// When the last model of the page before was created.
    pub created_at: Timestamp,
    /// Its id.
    pub id: ModelId,
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "m1.{:x}.{:x}", self.created_at.as_micros(), self.id.get())
    }
}

impl FromStr for Cursor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let refuse = || InvalidValue::new(ValueKind::Cursor, text, "it is not a cursor of this registry");
        let mut parts = text.strip_prefix("m1.").ok_or_else(refuse)?.split('.');
        let mut number = || -> Option<u64> { u64::from_str_radix(parts.next()?, 16).ok() };
        let (micros, id) = number().zip(number()).ok_or_else(refuse)?;
        let id = i64::try_from(id)
            .ok()
            .and_then(|id| ModelId::try_from(id).ok())
            .ok_or_else(refuse)?;
        let created_at = Timestamp::from_micros(micros.cast_signed()).map_err(|_| refuse())?;
        match parts.next() {
            Some(_) => Err(refuse().into()),
            None => Ok(Self { created_at, id }),
        }
    }
}

impl Serialize for Cursor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A bound on a metric: only models that have it, with a value within the bounds (both included).
#[derive(Debug, Clone, PartialEq)]
pub struct MetricBound {
    /// The metric.
    pub name: MetricName,
    /// The lowest value.
    pub min: Option<f64>,
    /// The highest value.
    pub max: Option<f64>,
}

/// Which models to list. The default is every active model, newest first, fifty to a page.
///
/// The order is always by time of registration, newest first, ties by id, highest first.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelQuery {
    /// Only this task type.
    pub task_type: Option<TaskType>,
    /// Only models with this tag.
    pub tag: Option<TagName>,
    /// Only this status; `None`: every status.
    pub status: Option<Status>,
    /// Only this name.
    pub name: Option<ModelName>,
    /// Only children of this model.
    pub parent: Option<ModelId>,
    /// Only this config hash.
    pub config_hash: Option<ConfigHash>,
    /// Only models with a metric within bounds.
    pub metric: Option<MetricBound>,
    /// How many to a page.
    pub limit: Limit,
    /// Where the page before ended.
    pub after: Option<Cursor>,
}

impl Default for ModelQuery {
    fn default() -> Self {
        Self {
            task_type: None,
            tag: None,
            status: Some(Status::Active),
            name: None,
            parent: None,
            config_hash: None,
            metric: None,
            limit: Limit::default(),
            after: None,
        }
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
        fn cursors_round_trip(micros in -62_135_596_800_000_000_i64..=253_402_300_799_999_999, id in 1_i64..) {
            let cursor = Cursor { created_at: Timestamp::from_micros(micros).unwrap(), id: ModelId::try_from(id).unwrap() };
            prop_assert_eq!(cursor.to_string().parse::<Cursor>().unwrap(), cursor);
        }

        #[test]
        fn parsing_never_panics(text in any::<String>(), near in "m1\\.[0-9a-f.]{0,40}") {
            let _ = (text.parse::<Cursor>(), near.parse::<Cursor>(), text.parse::<Limit>());
        }
    }
}
