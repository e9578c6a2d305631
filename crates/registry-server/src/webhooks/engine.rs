//! Who sends: of all servers over a registry the one that holds the lease.
//!
//! It makes deliveries of new events, sends what is due, some at the same time, and records what came of it. The store
//! refuses every record of one that has lost its lease, so what it had on its way is sent again by the next: at least
//! once, and as a rule once.

use std::sync::Arc;
use std::time::Duration;

use registry_core::watch::Feed;
use registry_core::webhook::{
    Attempt, AttemptError, AttemptOutcome, DueDelivery, LeaseHolder, Recorded, WebhookQueue,
};
use registry_core::{Error, RegistryStore, Result, Timestamp};
use tokio::sync::watch;
use tokio::time::Instant;

use super::WebhookOptions;
use super::connect::Connector;
use super::counters::Counters;
use super::flying::{Flying, Places};
use super::message::message;
use super::send::{Answered, Sender};
use crate::random::random;

/// How many events are looked at in one transaction.
const EVENTS: u32 = 500;
/// How many finished deliveries are forgotten at a time.
const PRUNED: u32 = 1_000;
/// How often to look for those.
const PRUNING: Duration = Duration::from_mins(10);

/// What sends.
pub(crate) struct Engine {
    store: Arc<dyn RegistryStore>,
    options: WebhookOptions,
    sender: Sender,
    counters: Arc<Counters>,
    holder: LeaseHolder,
}

/// Why a turn of sending ended.
enum Ended {
    /// Another server has the lease.
    Lost,
    /// There is nothing to send, nor will there be before somebody makes a webhook.
    Idle,
    /// The server stops.
    Stopped,
}

impl Engine {
    pub(crate) fn new(
        store: Arc<dyn RegistryStore>,
        options: WebhookOptions,
        counters: Arc<Counters>,
    ) -> std::io::Result<Self> {
        let sender = Sender::new(Connector::new(options.reach.clone()), options.time);
        Ok(Self {
            store,
            options,
            sender,
            counters,
            holder: LeaseHolder::from_random(random()?),
        })
    }

    /// Sends until the server stops. Where the store has no queue, others send.
    pub(crate) async fn run(self: Arc<Self>, mut stopping: watch::Receiver<bool>) {
        let Some(queue) = self.store.webhook_queue() else {
            return;
        };
        let mut flying = Flying::default();
        loop {
            let ended = self.turn(queue, &mut flying, &mut stopping).await;
            self.counters.leading(false);
            match ended {
                Ok(Ended::Stopped) => break,
                Ok(Ended::Idle) => {}
                // What is on its way could not be recorded: whoever has the lease sends it.
                Ok(Ended::Lost) => flying = Flying::default(),
                Err(error) => {
                    tracing::warn!(code = error.code(), %error, "webhooks are not sent; trying again");
                }
            }
            let stopped = tokio::time::timeout(self.options.pause, stopping.wait_for(|stop| *stop));
            if stopped.await.is_ok() {
                break;
            }
        }
        if let Err(error) = queue.release_lease(self.holder).await {
            tracing::warn!(code = error.code(), %error, "the lease of sending webhooks was not given back");
        }
    }

    /// Sends as long as this server holds the lease and there are webhooks that are on.
    async fn turn(
        self: &Arc<Self>,
        queue: &dyn WebhookQueue,
        flying: &mut Flying,
        stopping: &mut watch::Receiver<bool>,
    ) -> Result<Ended> {
        if *stopping.borrow() {
            return Ok(Ended::Stopped);
        }
        // Without a webhook nothing is written, not even a lease.
        if !self
            .store
            .webhooks()
            .list()
            .await?
            .iter()
            .any(|webhook| webhook.enabled)
        {
            return Ok(Ended::Idle);
        }
        let mut lease = Lease::new(self.options.lease);
        if !lease.hold(queue, self.holder).await? {
            return Ok(Ended::Lost);
        }
        tracing::info!("this server sends the webhooks");
        self.counters.leading(true);
        match self.lead(queue, &mut lease, flying, stopping).await {
            Ok(Ended::Stopped) => self.land(queue, &mut lease, flying).await,
            Ok(Ended::Lost) | Err(Error::LeaseLost) => {
                tracing::warn!("another server has taken over the sending of webhooks");
                Ok(Ended::Lost)
            }
            ended => ended,
        }
    }

    async fn lead(
        self: &Arc<Self>,
        queue: &dyn WebhookQueue,
        lease: &mut Lease,
        flying: &mut Flying,
        stopping: &mut watch::Receiver<bool>,
    ) -> Result<Ended> {
        let mut feed = self.store.events().await?;
        let mut pruned = None::<Instant>;
        loop {
            if !lease.hold(queue, self.holder).await? {
                return Ok(Ended::Lost);
            }
            let fanned = self.fan_out(queue, feed.as_mut(), lease).await?;
            if fanned == Some(0) && flying.is_empty() {
                // All are off, or gone.
                queue.release_lease(self.holder).await?;
                return Ok(Ended::Idle);
            }
            self.send_due(queue, flying).await?;
            if pruned.is_none_or(|at| at.elapsed() > PRUNING) && self.prune(queue).await? {
                pruned = Some(Instant::now());
            }
            let new_events = async {
                match fanned {
                    // No event matters while every webhook is off.
                    Some(0) => std::future::pending().await,
                    Some(_) => feed.changed().await,
                    // There are more already.
                    None => Ok(()),
                }
            };
            tokio::select! {
                _ = stopping.wait_for(|stop| *stop) => return Ok(Ended::Stopped),
                () = tokio::time::sleep(self.options.pause.min(lease.rest())) => {}
                changed = new_events => changed?,
                landed = flying.landed(), if !flying.is_empty() => landed?,
            }
            flying.all_landed()?;
        }
    }

    /// Makes deliveries of new events; says how many webhooks are on, or nothing where there is more to be done.
    async fn fan_out(
        &self,
        queue: &dyn WebhookQueue,
        feed: &mut dyn Feed,
        lease: &Lease,
    ) -> Result<Option<usize>> {
        loop {
            let fanned = queue.fan_out(self.holder, feed, Timestamp::now(), EVENTS).await?;
            if fanned.events < EVENTS as usize {
                return Ok(Some(fanned.webhooks));
            }
            if lease.rest().is_zero() {
                return Ok(None);
            }
        }
    }

    /// Sends what is due and not on its way, as far as there are places: those that wait longest first.
    async fn send_due(self: &Arc<Self>, queue: &dyn WebhookQueue, flying: &mut Flying) -> Result<()> {
        let places = Places {
            shared: self.options.at_once,
            each: self.options.at_once_each as usize,
        };
        let now = Timestamp::now();
        let mut due = queue.due(self.holder, now, self.options.at_once_each).await?;
        due.sort_by_key(|due| (due.delivery.next_attempt_at, due.delivery.id));
        for due in due {
            let (id, webhook) = (due.delivery.id, due.delivery.webhook);
            if !flying.has(id) && flying.may_go(webhook, places) {
                let engine = Arc::clone(self);
                flying.go(id, webhook, async move { engine.deliver(due).await });
            }
        }
        Ok(())
    }

    /// Tries one delivery and records it.
    async fn deliver(&self, due: DueDelivery) -> Result<()> {
        let at = Timestamp::now();
        let begun = Instant::now();
        let answered = match message(&due, at) {
            Ok(message) => self.sender.send(message).await,
            Err(error) => Answered::lost(format!("the event cannot be written: {error}")),
        };
        let (now, delivery) = (Timestamp::now(), &due.delivery);
        let outcome = self.outcome(&answered, &due, now);
        let Answered { status, problem, .. } = answered;
        tracing::debug!(
            delivery = %delivery.id, webhook = %delivery.webhook, status, problem, ?outcome,
            "a webhook was called"
        );
        let attempt = Attempt {
            at,
            duration: begun.elapsed(),
            status,
            error: problem.map(AttemptError::new),
        };
        let Some(queue) = self.store.webhook_queue() else {
            return Ok(());
        };
        // As long as it is not recorded it counts as being on its way: it is not sent again meanwhile.
        loop {
            let recorded = queue.record(self.holder, now, delivery.id, attempt.clone(), outcome);
            match recorded.await {
                Ok(Recorded::No) => return Ok(()),
                Ok(recorded) => {
                    self.counters.attempted(outcome, recorded);
                    tell(&due, &attempt, outcome, recorded);
                    return Ok(());
                }
                Err(Error::LeaseLost) => return Err(Error::LeaseLost),
                Err(error) => {
                    tracing::warn!(code = error.code(), %error, "what became of a webhook could not be recorded");
                    tokio::time::sleep(self.options.pause).await;
                }
            }
        }
    }

    fn outcome(&self, answered: &Answered, due: &DueDelivery, now: Timestamp) -> AttemptOutcome {
        if answered.problem.is_none() {
            return AttemptOutcome::Delivered;
        }
        // Standard Webhooks: the receiver is gone for good, and wants to be called no more.
        if answered.status == Some(410) {
            return AttemptOutcome::Gone(due.changed_at);
        }
        let failures = due.delivery.failures.saturating_add(1);
        // Without randomness they come back together.
        let die = random().map_or(u32::MAX / 2, u32::from_ne_bytes);
        let next = self.options.backoff.next(failures, now, die, answered.wait);
        next.map_or(AttemptOutcome::Dead, AttemptOutcome::RetryAt)
    }

    /// Forgets some of what was finished long ago; says whether that was all.
    async fn prune(&self, queue: &dyn WebhookQueue) -> Result<bool> {
        let keep = i64::try_from(self.options.keep.as_micros()).unwrap_or(i64::MAX);
        let before = Timestamp::now().as_micros().saturating_sub(keep);
        let Ok(before) = Timestamp::from_micros(before) else {
            return Ok(true);
        };
        Ok(queue.prune(self.holder, before, PRUNED).await? < u64::from(PRUNED))
    }

    /// Waits for what is on its way, for a while.
    async fn land(&self, queue: &dyn WebhookQueue, lease: &mut Lease, flying: &mut Flying) -> Result<Ended> {
        let landing = async {
            while !flying.is_empty() {
                if !lease.hold(queue, self.holder).await? {
                    return Ok::<(), Error>(());
                }
                // What could not be recorded is sent again, by whoever comes next.
                let _ = tokio::time::timeout(lease.rest(), flying.landed()).await;
            }
            Ok(())
        };
        if let Ok(landed) = tokio::time::timeout(self.options.stop_time, landing).await {
            landed?;
        } else {
            tracing::warn!("some webhooks did not answer in time and will be called again");
        }
        Ok(Ended::Stopped)
    }
}

/// Tells whoever reads the log of what nobody will do by itself any more. Of the address only the host: the rest may hold
/// a secret of the receiver's.
fn tell(due: &DueDelivery, attempt: &Attempt, outcome: AttemptOutcome, recorded: Recorded) {
    let (delivery, host) = (&due.delivery, due.url.origin());
    let reason = attempt
        .error
        .as_ref()
        .map(AttemptError::as_str)
        .unwrap_or_default();
    match outcome {
        AttemptOutcome::Gone(_) if recorded == Recorded::TurnedOff => tracing::warn!(
            webhook = %delivery.webhook, host, delivery = %delivery.id, reason,
            "a webhook was turned off: its receiver says that it is gone for good"
        ),
        AttemptOutcome::Gone(_) => tracing::info!(
            webhook = %delivery.webhook, host, delivery = %delivery.id, reason,
            "a receiver says that it is gone for good, of a webhook that has changed since or is off already"
        ),
        AttemptOutcome::Dead => tracing::warn!(
            webhook = %delivery.webhook, host, delivery = %delivery.id, reason,
            attempts = delivery.attempts.saturating_add(1),
            "a webhook delivery was given up"
        ),
        AttemptOutcome::Delivered | AttemptOutcome::RetryAt(_) => {}
    }
}

/// The lease, as far as this server knows.
struct Lease {
    time: Duration,
    renewed: Option<Instant>,
}

impl Lease {
    fn new(time: Duration) -> Self {
        Self { time, renewed: None }
    }

    /// How long until it is to be renewed.
    fn rest(&self) -> Duration {
        let age = self.renewed.map_or(self.time, |renewed| renewed.elapsed());
        (self.time / 3).saturating_sub(age)
    }

    /// Takes it, or renews it where a third of its time is over. `false`: another has it.
    async fn hold(&mut self, queue: &dyn WebhookQueue, holder: LeaseHolder) -> Result<bool> {
        if !self.rest().is_zero() {
            return Ok(true);
        }
        let (begun, now) = (Instant::now(), Timestamp::now());
        let held = queue.hold_lease(holder, now, now.later_by(self.time)).await?;
        self.renewed = held.then_some(begun);
        Ok(held)
    }
}
