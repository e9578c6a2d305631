//! Rows of the tables of webhooks.

use std::time::Duration;

use super::Row;
use crate::backend::{KeptWebhook, WebhookState};
use crate::error::{Error, Result};
use crate::event::EventId;
use crate::identifier::{DeliveryId, ModelId, ModelRef, WebhookId};
use crate::search::Count;
use crate::text::{Actor, TagName, WebhookName};
use crate::timestamp::Timestamp;
use crate::version::Version;
use crate::webhook::{
    Attempt, AttemptError, Backlog, Delivery, LastDelivery, LeaseHolder, Webhook, WebhookSecret,
    WebhookStanding, WebhookUrl,
};

/// A row of `webhooks`.
#[derive(Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns; their meaning stands at `Webhook`")]
pub struct WebhookRecord {
    pub webhook_id: i64,
    pub name: String,
    pub url: String,
    /// JSON text.
    pub filter: String,
    /// 0 or 1.
    pub enabled: i64,
    pub secret: String,
    pub old_secret: Option<String>,
    pub old_secret_until: Option<i64>,
    pub gone_at: Option<i64>,
    pub after_event_id: i64,
    pub created_at: i64,
    pub created_by: String,
    pub updated_at: i64,
    pub updated_by: String,
}

/// The one row of `webhook_state`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns; their meaning stands at `WebhookState`")]
pub struct WebhookStateRecord {
    pub cursor: i64,
    pub last_webhook_id: i64,
    pub last_delivery_id: i64,
    pub lease_holder: Option<String>,
    pub lease_until: Option<i64>,
}

/// A row of `webhook_deliveries` with what its event is about.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns; their meaning stands at `Delivery`")]
pub struct DeliveryRecord {
    pub delivery_id: i64,
    pub webhook_id: i64,
    pub event_id: Option<i64>,
    pub kind: Option<String>,
    pub model_id: Option<i64>,
    pub name: Option<String>,
    pub version: Option<String>,
    pub tag: Option<String>,
    pub status: String,
    pub attempts: i64,
    pub failures: i64,
    pub next_attempt_at: Option<i64>,
    pub last_status: Option<i64>,
    pub last_error: Option<String>,
    pub created_at: i64,
    pub finished_at: Option<i64>,
}

/// A row of `webhook_attempts`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns; their meaning stands at `Attempt`")]
pub struct AttemptRecord {
    pub delivery_id: i64,
    pub number: i64,
    pub at: i64,
    /// Microseconds.
    pub duration: i64,
    pub status: Option<i64>,
    pub error: Option<String>,
}

/// How many deliveries there are, counted up to a bound, and when the oldest one that waits was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "their meaning stands at `Backlog`")]
pub struct BacklogRecord {
    pub pending: i64,
    pub dead: i64,
    pub due: i64,
    pub oldest: Option<i64>,
}

/// How the deliveries of one webhook are, counted up to a bound, and which was tried last.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "their meaning stands at `WebhookStanding` and `LastDelivery`"
)]
pub struct StandingRecord {
    pub webhook_id: i64,
    pub pending: i64,
    pub dead: i64,
    pub delivery_id: Option<i64>,
    pub status: Option<String>,
    pub last_status: Option<i64>,
    pub last_error: Option<String>,
    pub finished_at: Option<i64>,
}

/// In which line a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns; their meaning stands at `Line`")]
pub struct LineRecord {
    pub webhook_id: i64,
    pub line: i64,
}

impl TryFrom<WebhookRecord> for KeptWebhook {
    type Error = Error;

    fn try_from(record: WebhookRecord) -> Result<Self> {
        let row = Row("webhooks", record.webhook_id);
        let old_secret = record.old_secret.as_deref();
        Ok(Self {
            webhook: Webhook {
                id: row.read("webhook_id", WebhookId::try_from(record.webhook_id))?,
                name: row.read("name", WebhookName::parse(record.name))?,
                url: row.read("url", WebhookUrl::parse(record.url))?,
                filter: row.read("filter", record.filter.parse())?,
                enabled: record.enabled != 0,
                old_secret_until: row.optional(
                    "old_secret_until",
                    record.old_secret_until,
                    Timestamp::from_micros,
                )?,
                // A release that does not know it leaves it there when it turns the webhook on.
                gone_at: row.optional(
                    "gone_at",
                    record.gone_at.filter(|_| record.enabled == 0),
                    Timestamp::from_micros,
                )?,
                created_at: row.read("created_at", Timestamp::from_micros(record.created_at))?,
                created_by: row.read("created_by", Actor::parse(record.created_by))?,
                updated_at: row.read("updated_at", Timestamp::from_micros(record.updated_at))?,
                updated_by: row.read("updated_by", Actor::parse(record.updated_by))?,
            },
            secret: row.read("secret", WebhookSecret::parse(&record.secret))?,
            old_secret: row.optional("old_secret", old_secret, WebhookSecret::parse)?,
            after: EventId(record.after_event_id),
        })
    }
}

impl TryFrom<WebhookStateRecord> for WebhookState {
    type Error = Error;

    fn try_from(record: WebhookStateRecord) -> Result<Self> {
        let row = Row("webhook_state", 1);
        let holder = record.lease_holder.as_deref();
        let holder = row.optional("lease_holder", holder, str::parse::<LeaseHolder>)?;
        let until = row.optional("lease_until", record.lease_until, Timestamp::from_micros)?;
        Ok(Self {
            cursor: EventId(record.cursor),
            last_webhook: record.last_webhook_id,
            last_delivery: record.last_delivery_id,
            lease: holder.zip(until),
        })
    }
}

impl TryFrom<DeliveryRecord> for Delivery {
    type Error = Error;

    fn try_from(record: DeliveryRecord) -> Result<Self> {
        let row = Row("webhook_deliveries", record.delivery_id);
        let model = match (record.model_id, record.name, record.version) {
            (Some(id), Some(name), Some(version)) => Some(ModelRef {
                id: row.read("model_id", ModelId::try_from(id))?,
                name: row.read("name", name.parse())?,
                version: row.read("version", Version::parse(version))?,
            }),
            _ => None,
        };
        Ok(Self {
            id: row.read("delivery_id", DeliveryId::try_from(record.delivery_id))?,
            webhook: row.read("webhook_id", WebhookId::try_from(record.webhook_id))?,
            event: record.event_id.map(EventId),
            kind: row.optional("kind", record.kind, |kind| kind.parse())?,
            model,
            tag: row.optional("tag", record.tag, TagName::parse)?,
            status: row.read("status", record.status.parse())?,
            attempts: row.read("attempts", u32::try_from(record.attempts))?,
            failures: row.read("failures", u32::try_from(record.failures))?,
            next_attempt_at: row.optional(
                "next_attempt_at",
                record.next_attempt_at,
                Timestamp::from_micros,
            )?,
            last_status: row.optional("last_status", record.last_status, u16::try_from)?,
            last_error: record.last_error.map(AttemptError::from),
            created_at: row.read("created_at", Timestamp::from_micros(record.created_at))?,
            finished_at: row.optional("finished_at", record.finished_at, Timestamp::from_micros)?,
        })
    }
}

impl TryFrom<AttemptRecord> for Attempt {
    type Error = Error;

    fn try_from(record: AttemptRecord) -> Result<Self> {
        let row = Row(
            "webhook_attempts",
            format!("{} {}", record.delivery_id, record.number),
        );
        Ok(Self {
            at: row.read("at", Timestamp::from_micros(record.at))?,
            duration: Duration::from_micros(row.read("duration", u64::try_from(record.duration))?),
            status: row.optional("status", record.status, u16::try_from)?,
            error: record.error.map(AttemptError::from),
        })
    }
}

impl BacklogRecord {
    /// What was counted at most one beyond the bound.
    pub(crate) fn bounded(self, up_to: u32) -> Result<Backlog> {
        let row = Row("webhook_deliveries", "that wait");
        Ok(Backlog {
            pending: bounded(self.pending, up_to),
            dead: bounded(self.dead, up_to),
            due: bounded(self.due, up_to),
            oldest: row.optional("created_at", self.oldest, Timestamp::from_micros)?,
        })
    }
}

impl StandingRecord {
    /// The standing of this webhook. What was counted is at most one beyond the bound.
    pub(crate) fn of(&self, webhook: Webhook, up_to: u32) -> Result<WebhookStanding> {
        let row = Row("webhook_deliveries", self.delivery_id.unwrap_or_default());
        let last = match (self.delivery_id, &self.status) {
            (Some(id), Some(status)) => Some(LastDelivery {
                id: row.read("delivery_id", DeliveryId::try_from(id))?,
                status: row.read("status", status.parse())?,
                last_status: row.optional("last_status", self.last_status, u16::try_from)?,
                last_error: self.last_error.clone().map(AttemptError::from),
                finished_at: row.optional("finished_at", self.finished_at, Timestamp::from_micros)?,
            }),
            _ => None,
        };
        Ok(WebhookStanding {
            webhook,
            pending: bounded(self.pending, up_to),
            dead: bounded(self.dead, up_to),
            last,
        })
    }
}

fn bounded(found: i64, up_to: u32) -> Count {
    Count::bounded(u64::try_from(found).unwrap_or_default(), Some(up_to.into()))
}
