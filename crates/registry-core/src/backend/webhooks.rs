//! What a backend provides for webhooks: loads, and one write for each kind of [`WebhookChange`].
//!
//! Every write about webhooks begins with [`load_webhook_state`](WebhookBackend::load_webhook_state), which locks all of
//! them against each other, so that they take turns. The registry's other writes know nothing of webhooks.

mod manage;
mod send;

use std::future::Future;

use super::Backend;
use crate::error::{Error, Result};
use crate::event::{Event, EventId};
use crate::identifier::{DeliveryId, WebhookId};
use crate::record::{
    AttemptRecord, BacklogRecord, DeliveryRecord, EventRecord, LineRecord, StandingRecord, WebhookRecord,
    WebhookStateRecord,
};
use crate::timestamp::Timestamp;
use crate::webhook::{Attempt, Delivery, DeliveryQuery, LeaseHolder, Webhook, WebhookSecret};

/// A webhook as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptWebhook {
    /// What everybody may know of it.
    pub webhook: Webhook,
    /// Its secret.
    pub secret: WebhookSecret,
    /// The one before, which counts until [`old_secret_until`](Webhook::old_secret_until).
    pub old_secret: Option<WebhookSecret>,
    /// It is told of later events only.
    pub after: EventId,
}

impl KeptWebhook {
    /// What messages are signed with.
    pub(crate) fn secrets(&self, now: Timestamp) -> Vec<WebhookSecret> {
        let is_valid = self.webhook.old_secret_until.is_some_and(|until| until > now);
        let old = self.old_secret.as_ref().filter(|_| is_valid);
        std::iter::once(&self.secret).chain(old).cloned().collect()
    }
}

/// What is common to all webhooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WebhookState {
    /// The last event that deliveries were made of.
    pub cursor: EventId,
    /// The highest id of a webhook that was ever given.
    pub last_webhook: i64,
    /// The highest id of a delivery that was ever given.
    pub last_delivery: i64,
    /// Who sends, and until when others leave it to him.
    pub lease: Option<(LeaseHolder, Timestamp)>,
}

impl WebhookState {
    /// Refuses one who doesn't hold the lease.
    fn require(&self, holder: LeaseHolder) -> Result<()> {
        match self.lease {
            Some((held_by, _)) if held_by == holder => Ok(()),
            _ => Err(Error::LeaseLost),
        }
    }
}

/// Deliveries that wait for each other: those of one webhook about one model, or about none, or the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line {
    /// The webhook.
    pub webhook: WebhookId,
    /// The model's id; 0: none; -1: tests.
    pub number: i64,
}

impl Line {
    fn of(webhook: WebhookId, event: Option<&Event>) -> Self {
        let number = match event {
            None => -1,
            Some(event) => event.model.as_ref().map_or(0, |model| model.id.get()),
        };
        Self { webhook, number }
    }

    /// The line of a delivery.
    fn of_delivery(delivery: &Delivery) -> Self {
        let number = match (delivery.event, &delivery.model) {
            (None, _) => -1,
            (_, Some(model)) => model.id.get(),
            (_, None) => 0,
        };
        Self {
            webhook: delivery.webhook,
            number,
        }
    }
}

/// A delivery that is to be made, at the end of its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewDelivery {
    /// Its id.
    pub id: DeliveryId,
    /// Where it stands.
    pub line: Line,
    /// What it tells; `None`: it is a test.
    pub event: Option<EventId>,
}

/// One write about webhooks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WebhookChange {
    /// Insert the webhook under the id it carries, and keep that as the last one given.
    Insert(Box<KeptWebhook>),
    /// Write every column of the webhook that may change: not its id, its creation, and since when it is told.
    Update(Box<KeptWebhook>),
    /// Tell the webhook of the events after this one; if it is the `first`, go on from there with all events. While it is
    /// not numbered, the event is named by its place.
    Start {
        /// The webhook.
        webhook: WebhookId,
        /// The event.
        event: EventId,
        /// Whether no other webhook is on.
        first: bool,
    },
    /// Delete the webhook with its deliveries and their attempts.
    Delete(WebhookId),
    /// Keep up to which event deliveries were made.
    MoveCursor(EventId),
    /// Keep who sends, or that nobody does.
    SaveLease(Option<(LeaseHolder, Timestamp)>),
    /// Insert deliveries that wait, and keep the highest id as the last one given.
    InsertDeliveries {
        /// The deliveries, by their ids.
        deliveries: Vec<NewDelivery>,
        /// When they are made.
        at: Timestamp,
    },
    /// Write how far the delivery is.
    UpdateDelivery(Box<Delivery>),
    /// Insert an attempt.
    InsertAttempt {
        /// Of which delivery.
        delivery: DeliveryId,
        /// Which of its attempts, counted from 1.
        number: u32,
        /// The attempt.
        attempt: Attempt,
    },
    /// Of these lines, let the first unfinished delivery go at this time unless it has one, and those behind it wait.
    LineUp {
        /// The lines, each once.
        lines: Vec<Line>,
        /// The time.
        at: Timestamp,
    },
}

/// Which finished deliveries of a webhook wait again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requeue {
    /// This one, finished or not.
    Delivery(DeliveryId),
    /// Those of a webhook that were given up.
    Dead(WebhookId),
    /// Those of a webhook that are finished and were made at this time or later.
    Since(WebhookId, Timestamp),
}

/// A backend that keeps webhooks.
pub trait WebhookBackend: Backend {
    /// All webhooks, by the bytes of their names.
    fn list_webhooks(&self) -> impl Future<Output = Result<Vec<WebhookRecord>>> + Send;

    /// Of each webhook how many deliveries wait and were given up, each counted up to `take`, and which of its `newest`
    /// deliveries was the last one that was tried.
    fn list_standings(
        &self,
        take: i64,
        newest: i64,
    ) -> impl Future<Output = Result<Vec<StandingRecord>>> + Send;

    /// What is common to them.
    fn find_webhook_state(&self) -> impl Future<Output = Result<WebhookStateRecord>> + Send;

    /// The deliveries that fit, highest id first, at most `take` (not the query's own limit).
    fn list_deliveries(
        &self,
        query: &DeliveryQuery,
        take: i64,
    ) -> impl Future<Output = Result<Vec<DeliveryRecord>>> + Send;

    /// One delivery.
    fn find_delivery(&self, id: DeliveryId) -> impl Future<Output = Result<Option<DeliveryRecord>>> + Send;

    /// The attempts of a delivery, by their numbers.
    fn list_attempts(&self, id: DeliveryId) -> impl Future<Output = Result<Vec<AttemptRecord>>> + Send;

    /// Of each webhook that is on, at most `take` deliveries whose time has come, those of the earliest time first.
    fn find_due_deliveries(
        &self,
        now: Timestamp,
        take: i64,
    ) -> impl Future<Output = Result<Vec<DeliveryRecord>>> + Send;

    /// These events, in any order.
    fn find_events(&self, ids: &[i64]) -> impl Future<Output = Result<Vec<EventRecord>>> + Send;

    /// How many deliveries wait, were given up, and can be tried at a time, each counted up to `take`.
    fn find_backlog(&self, now: i64, take: i64) -> impl Future<Output = Result<BacklogRecord>> + Send;

    /// What is common to all webhooks, locked against every other write about webhooks.
    fn load_webhook_state(
        &self,
        tx: &mut Self::Tx,
    ) -> impl Future<Output = Result<WebhookStateRecord>> + Send;

    /// All webhooks, by the bytes of their names.
    fn load_webhooks(&self, tx: &mut Self::Tx) -> impl Future<Output = Result<Vec<WebhookRecord>>> + Send;

    /// One delivery.
    fn load_delivery(
        &self,
        tx: &mut Self::Tx,
        id: DeliveryId,
    ) -> impl Future<Output = Result<Option<DeliveryRecord>>> + Send;

    /// Has these deliveries wait again, without a time and as if they had never failed, and says where each stands.
    fn requeue_deliveries(
        &self,
        tx: &mut Self::Tx,
        which: Requeue,
    ) -> impl Future<Output = Result<Vec<LineRecord>>> + Send;

    /// Deletes at most `take` deliveries that were finished before a time, the oldest first, and says how many.
    fn prune_deliveries(
        &self,
        tx: &mut Self::Tx,
        finished_before: Timestamp,
        take: i64,
    ) -> impl Future<Output = Result<u64>> + Send;
}
