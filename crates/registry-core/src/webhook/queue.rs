//! Deliveries as the one who sends them sees them.

use async_trait::async_trait;

use super::{Attempt, AttemptOutcome, Delivery, LeaseHolder, WebhookSecret, WebhookUrl};
use crate::error::Result;
use crate::event::Event;
use crate::identifier::DeliveryId;
use crate::search::Count;
use crate::timestamp::Timestamp;
use crate::watch::Feed;

/// What [`WebhookQueue::fan_out`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FanOut {
    /// How many webhooks are on. While none is, the cursor stands still: there is no need to come back for a new event.
    pub webhooks: usize,
    /// How many events it looked at; as many as it was allowed to: there may be more.
    pub events: usize,
    /// How many deliveries it made of them.
    pub deliveries: usize,
}

/// A delivery whose turn it is.
#[derive(Debug, Clone, PartialEq)]
pub struct DueDelivery {
    /// The delivery.
    pub delivery: Delivery,
    /// Where it goes.
    pub url: WebhookUrl,
    /// What it is signed with: the present secret first, and the one before it while that is valid.
    pub secrets: Vec<WebhookSecret>,
    /// When the webhook was changed last: see [`AttemptOutcome::Gone`].
    pub changed_at: Timestamp,
    /// What it tells; `None`: it is a test.
    pub event: Option<Event>,
}

/// What became of the record of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// The delivery is not there any more, or finished already: nothing was recorded.
    No,
    /// It was recorded.
    Yes,
    /// It was recorded, and turned its webhook off: see [`AttemptOutcome::Gone`].
    TurnedOff,
}

/// How much there is to do, for those who watch over it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backlog {
    /// How many deliveries wait, counted up to a bound.
    pub pending: Count,
    /// How many were given up and are still there, counted up to a bound.
    pub dead: Count,
    /// How many can be tried now, counted up to a bound: see [`WebhookQueue::due`].
    pub due: Count,
    /// When the oldest was made of those that wait for a webhook that is on: for one that is off nothing is late.
    pub oldest: Option<Timestamp>,
}

/// The queue of deliveries of a database: see [`RegistryStore::webhook_queue`](crate::RegistryStore::webhook_queue).
///
/// One program at a time works on it: who holds the lease. Each method that says so looks, in the transaction in which it
/// writes, whether the lease was taken over meanwhile, and then changes nothing. One that has run out and was taken by
/// nobody is still held.
#[async_trait]
pub trait WebhookQueue: Send + Sync {
    /// Takes the lease, or goes on holding it, until a time. `false`: another holds it, whose time is not over `now`.
    async fn hold_lease(&self, holder: LeaseHolder, now: Timestamp, until: Timestamp) -> Result<bool>;

    /// Gives the lease back, if it is held.
    async fn release_lease(&self, holder: LeaseHolder) -> Result<()>;

    /// Makes deliveries of the next events, at most `limit` of them: one for each webhook that is on and wants to be told,
    /// exactly once whoever else tries. Events come from `feed`, which must be of this registry
    /// ([`RegistryStore::events`](crate::RegistryStore::events)) and knows how far they can be read.
    ///
    /// # Errors
    /// [`LeaseLost`](crate::Error::LeaseLost).
    async fn fan_out(
        &self,
        holder: LeaseHolder,
        feed: &mut dyn Feed,
        now: Timestamp,
        limit: u32,
    ) -> Result<FanOut>;

    /// The deliveries that can be tried now, for each webhook that is on at most so many, those that wait longest first.
    /// There is one for each webhook and model at most. They stay due until they are recorded.
    ///
    /// # Errors
    /// [`LeaseLost`](crate::Error::LeaseLost).
    async fn due(&self, holder: LeaseHolder, now: Timestamp, per_webhook: u32) -> Result<Vec<DueDelivery>>;

    /// Records an attempt and what follows from it. A delivery that is finished lets the next in its line go at `now`.
    ///
    /// # Errors
    /// [`LeaseLost`](crate::Error::LeaseLost).
    async fn record(
        &self,
        holder: LeaseHolder,
        now: Timestamp,
        delivery: DeliveryId,
        attempt: Attempt,
        outcome: AttemptOutcome,
    ) -> Result<Recorded>;

    /// Forgets deliveries that were finished before a time, with their attempts, at most so many; says how many.
    ///
    /// # Errors
    /// [`LeaseLost`](crate::Error::LeaseLost).
    async fn prune(&self, holder: LeaseHolder, finished_before: Timestamp, limit: u32) -> Result<u64>;

    /// How much there is to do; each number is counted up to a bound.
    async fn backlog(&self, now: Timestamp, up_to: u32) -> Result<Backlog>;
}
