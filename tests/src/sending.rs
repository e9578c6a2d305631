//! Sending webhooks in a test: the lease, a feed, and what a receiver would answer.

use std::sync::Arc;
use std::time::Duration;

use registry_core::watch::Feed;
use registry_core::webhook::{
    Attempt, AttemptError, AttemptOutcome, DueDelivery, FanOut, LeaseHolder, NewWebhook, Recorded,
    WebhookFilter, WebhookQueue, WebhookSecret,
};
use registry_core::{DeliveryId, EventKind, RegistryStore};
use tokio::sync::Mutex;

use crate::builder::at;

/// Long enough for the slowest machine; nothing waits for as long as it is sound.
const PATIENCE: Duration = Duration::from_mins(1);

/// A webhook to be made, which is told of everything.
pub fn a_webhook(name: &str) -> NewWebhook {
    let url = "https://hooks.example/in?key=hidden";
    NewWebhook::new(name.parse().unwrap(), url.parse().unwrap())
}

/// Which events.
pub fn only(kinds: &[EventKind], names: &[&str], tags: &[&str]) -> WebhookFilter {
    let (kinds, names, tags) = (kinds.iter().copied(), names.iter().copied(), tags.iter().copied());
    WebhookFilter::new(kinds, names, tags).unwrap()
}

/// A secret that is another for each number.
pub fn secret(number: u8) -> WebhookSecret {
    WebhookSecret::from_random([number; 32]).unwrap()
}

/// Somebody who can hold the lease.
pub fn holder(number: u8) -> LeaseHolder {
    LeaseHolder::from_random([number; 16])
}

/// An attempt that the receiver answered with this status.
pub fn answered(when: i64, status: u16) -> Attempt {
    Attempt {
        at: at(when),
        duration: Duration::from_millis(120),
        status: Some(status),
        error: (status >= 300).then(|| AttemptError::new(format!("the receiver answered {status}"))),
    }
}

/// One who sends.
pub struct Sender {
    store: Arc<dyn RegistryStore>,
    /// Nobody waits for it: it only lets others look at the sender meanwhile.
    feed: Mutex<Box<dyn Feed>>,
    /// The name under which it does.
    pub holder: LeaseHolder,
}

impl Sender {
    /// One who holds the lease until second 1,000.
    pub async fn new(store: Arc<dyn RegistryStore>) -> Self {
        let sender = Self::without_lease(store, 1).await;
        assert!(sender.hold(0, 1000).await);
        sender
    }

    /// One who holds nothing yet.
    pub async fn without_lease(store: Arc<dyn RegistryStore>, number: u8) -> Self {
        let feed = Mutex::new(store.events().await.unwrap());
        let holder = holder(number);
        Self { store, feed, holder }
    }

    /// What it works on.
    pub fn queue(&self) -> &dyn WebhookQueue {
        self.store.webhook_queue().unwrap()
    }

    /// Takes the lease.
    pub async fn hold(&self, now: i64, until: i64) -> bool {
        self.queue()
            .hold_lease(self.holder, at(now), at(until))
            .await
            .unwrap()
    }

    /// Makes deliveries, once.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn try_fan_out(&mut self, now: i64, limit: u32) -> registry_core::Result<FanOut> {
        let queue = self.store.webhook_queue().unwrap();
        queue
            .fan_out(self.holder, self.feed.get_mut().as_mut(), at(now), limit)
            .await
    }

    /// Makes deliveries until so many events were looked at, and says how many it made.
    pub async fn fan_out(&mut self, now: i64, events: usize) -> usize {
        let (mut seen, mut made) = (0, 0);
        let all = async {
            while seen < events {
                let done = self.try_fan_out(now, 100).await.unwrap();
                seen += done.events;
                made += done.deliveries;
                if done.events == 0 {
                    self.feed.get_mut().changed().await.unwrap();
                }
            }
        };
        let all = tokio::time::timeout(PATIENCE, all).await;
        assert!(all.is_ok(), "only {seen} of {events} events came");
        assert_eq!(seen, events);
        made
    }

    /// What can be tried.
    pub async fn due(&self, now: i64) -> Vec<DueDelivery> {
        self.queue().due(self.holder, at(now), 100).await.unwrap()
    }

    /// The ids of what can be tried, the lowest first.
    pub async fn due_ids(&self, now: i64) -> Vec<i64> {
        let due = self.due(now).await;
        let mut ids: Vec<i64> = due.iter().map(|due| due.delivery.id.get()).collect();
        ids.sort_unstable();
        ids
    }

    /// Records an attempt.
    pub async fn record(&self, now: i64, delivery: i64, status: u16, outcome: AttemptOutcome) -> Recorded {
        let delivery = DeliveryId::try_from(delivery).unwrap();
        let attempt = answered(now, status);
        let recorded = self
            .queue()
            .record(self.holder, at(now), delivery, attempt, outcome);
        recorded.await.unwrap()
    }

    /// The receiver took it.
    pub async fn delivered(&self, now: i64, delivery: i64) {
        let recorded = self.record(now, delivery, 204, AttemptOutcome::Delivered).await;
        assert_eq!(recorded, Recorded::Yes);
    }

    /// It failed and is tried again.
    pub async fn failed(&self, now: i64, delivery: i64, again: i64) {
        let again = AttemptOutcome::RetryAt(at(again));
        assert_eq!(self.record(now, delivery, 500, again).await, Recorded::Yes);
    }

    /// It failed and is given up.
    pub async fn died(&self, now: i64, delivery: i64) {
        let recorded = self.record(now, delivery, 400, AttemptOutcome::Dead).await;
        assert_eq!(recorded, Recorded::Yes);
    }

    /// The receiver is gone for good, as it says of the webhook that was changed last at this time.
    pub async fn gone(&self, now: i64, delivery: i64, changed: i64) {
        let recorded = self.said_gone(now, delivery, changed).await;
        assert_eq!(recorded, Recorded::TurnedOff);
    }

    /// The same of a webhook that has changed since, or is off already.
    pub async fn gone_too_late(&self, now: i64, delivery: i64, changed: i64) {
        assert_eq!(self.said_gone(now, delivery, changed).await, Recorded::Yes);
    }

    async fn said_gone(&self, now: i64, delivery: i64, changed: i64) -> Recorded {
        let gone = AttemptOutcome::Gone(at(changed));
        self.record(now, delivery, 410, gone).await
    }

    /// Delivers everything that is due until nothing is, in turns, and says which events each webhook was told, in order.
    pub async fn deliver_all(&self, now: i64) -> Vec<(i64, Option<i64>)> {
        let mut told = Vec::new();
        loop {
            let due = self.due(now).await;
            if due.is_empty() {
                return told;
            }
            for due in due {
                let delivery = &due.delivery;
                assert_eq!(due.event.as_ref().map(|event| event.id), delivery.event);
                told.push((delivery.webhook.get(), delivery.event.map(|event| event.0)));
                self.delivered(now, delivery.id.get()).await;
            }
        }
    }
}
