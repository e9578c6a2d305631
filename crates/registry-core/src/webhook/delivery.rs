//! What became of each message.

use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::{Error, InvalidValue, ValueKind};
use crate::event::{EventId, EventKind};
use crate::identifier::{DeliveryId, ModelRef, WebhookId};
use crate::query::Limit;
use crate::text::TagName;
use crate::timestamp::Timestamp;

/// How far a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// It waits for its turn or for another attempt.
    Pending,
    /// The receiver took it.
    Delivered,
    /// It was given up; it can be replayed.
    Dead,
}

impl DeliveryStatus {
    /// Every status.
    pub const ALL: &'static [Self] = &[Self::Pending, Self::Delivered, Self::Dead];

    /// The status as it is stored, asked for, and written in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
        }
    }

    /// The same in the words in which people are told of it.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Pending => "waits",
            Self::Delivered => "delivered",
            Self::Dead => "given up",
        }
    }
}

impl std::fmt::Display for DeliveryStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for DeliveryStatus {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let mut all = Self::ALL.iter();
        all.find(|status| status.as_str() == text)
            .copied()
            .ok_or_else(|| {
                InvalidValue::new(ValueKind::DeliveryStatus, text, "there is no such status").into()
            })
    }
}

/// One message for one webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Its id, the same at every attempt and replay.
    #[serde(rename = "delivery_id")]
    pub id: DeliveryId,
    /// For which webhook.
    #[serde(rename = "webhook_id")]
    pub webhook: WebhookId,
    /// Of which event; `None`: it is a test.
    #[serde(rename = "event_id")]
    pub event: Option<EventId>,
    /// What the event tells.
    pub kind: Option<EventKind>,
    /// Of which model, if of one.
    pub model: Option<ModelRef>,
    /// With which tag, if with one.
    pub tag: Option<TagName>,
    /// How far it is.
    pub status: DeliveryStatus,
    /// How often it was tried, replays included.
    pub attempts: u32,
    /// How often it failed since it was made or replayed.
    pub failures: u32,
    /// When it is tried next; `None`: it is finished, or another is before it.
    pub next_attempt_at: Option<Timestamp>,
    /// The status of the last answer, if there was one.
    pub last_status: Option<u16>,
    /// What went wrong last, if anything did.
    pub last_error: Option<AttemptError>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was delivered or given up.
    pub finished_at: Option<Timestamp>,
}

/// A delivery with its story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryDetail {
    /// The delivery.
    #[serde(flatten)]
    pub delivery: Delivery,
    /// Every attempt, oldest first.
    pub history: Vec<Attempt>,
}

/// One attempt to deliver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// When it began.
    pub at: Timestamp,
    /// How long it took, in whole microseconds.
    #[serde(rename = "duration_us", with = "micros")]
    pub duration: Duration,
    /// The status of the answer, if there was one.
    pub status: Option<u16>,
    /// What went wrong, if anything did.
    pub error: Option<AttemptError>,
}

mod micros {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_micros)
    }
}

/// What went wrong at an attempt, in a sentence of at most 500 characters on one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String")]
pub struct AttemptError(String);

impl AttemptError {
    const MAX_CHARACTERS: usize = 500;

    /// The text, cut, and without anything that is not to be printed.
    pub fn new(text: impl AsRef<str>) -> Self {
        let printable = |c: char| if c.is_control() { ' ' } else { c };
        let mut shown: String = text
            .as_ref()
            .chars()
            .take(Self::MAX_CHARACTERS)
            .map(printable)
            .collect();
        if text.as_ref().chars().nth(Self::MAX_CHARACTERS).is_some() {
            shown.pop();
            shown.push('…');
        }
        Self(shown)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for AttemptError {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl std::fmt::Display for AttemptError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// What follows from an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// The receiver took it.
    Delivered,
    /// It is tried again then.
    RetryAt(Timestamp),
    /// It is given up, and holds up nothing any more.
    Dead,
    /// The receiver says that it is gone for good. The webhook is turned off, and the delivery waits until somebody turns
    /// it on again. If the webhook was changed since this time, its [`updated_at`](super::Webhook::updated_at) when it
    /// was called, the answer is about what it was before: it stays as it is, and the delivery is tried again at once.
    Gone(Timestamp),
}

/// Which deliveries to show: newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DeliveryQuery {
    /// Only of this webhook.
    pub webhook: Option<WebhookId>,
    /// Only of this status.
    pub status: Option<DeliveryStatus>,
    /// How many to a page.
    pub limit: Limit,
    /// Only deliveries before this one: where the page before ended.
    pub before: Option<DeliveryId>,
}

/// What is delivered again. It keeps its id and its event, and begins anew with its attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Replay {
    /// This one, whatever its status; one that waits for another attempt is tried at once.
    Delivery(DeliveryId),
    /// All of a webhook that were given up.
    Dead(WebhookId),
    /// All of a webhook that are finished and were made at this time or later.
    Since(WebhookId, Timestamp),
}

/// What a replay did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replayed {
    /// How many deliveries wait again.
    pub deliveries: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read_as_it_is_written() {
        for status in DeliveryStatus::ALL {
            assert_eq!(status.to_string().parse::<DeliveryStatus>().unwrap(), *status);
        }
        assert!("lost".parse::<DeliveryStatus>().is_err());
    }

    #[test]
    fn an_error_is_one_short_line() {
        assert_eq!(AttemptError::new("a\nb\0c").as_str(), "a b c");
        let long = AttemptError::new("é".repeat(501));
        assert_eq!(long.as_str().chars().count(), 500);
        assert!(long.as_str().ends_with('…'));
        assert_eq!(AttemptError::new("é".repeat(500)).as_str(), "é".repeat(500));
    }
}
