//! What is on its way, and what may go: a receiver that is slow, or hangs, holds up its own webhook and no other.
//!
//! Each webhook has one place of its own. What it sends besides takes a place of those that all share, up to a number for
//! each webhook. So one webhook is as quick as there is room, and none waits for another's receiver.

use std::collections::HashMap;

use registry_core::{DeliveryId, Result, WebhookId};
use tokio::task::{Id, JoinError, JoinSet};

/// How many deliveries are on their way at the same time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Places {
    /// Those that all webhooks share.
    pub(super) shared: usize,
    /// The most of one webhook, its own place among them.
    pub(super) each: usize,
}

/// What is on its way.
#[derive(Default)]
pub(super) struct Flying {
    sends: JoinSet<Result<()>>,
    /// Which delivery a task sends.
    tasks: HashMap<Id, (DeliveryId, WebhookId)>,
    /// How many are on their way, of each webhook that has any.
    counts: HashMap<WebhookId, usize>,
}

impl Flying {
    pub(super) fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// Whether this delivery is on its way.
    pub(super) fn has(&self, delivery: DeliveryId) -> bool {
        self.tasks.values().any(|(id, _)| *id == delivery)
    }

    /// Whether there is a place for one more of this webhook.
    pub(super) fn may_go(&self, webhook: WebhookId, places: Places) -> bool {
        match self.counts.get(&webhook) {
            None => true,
            Some(count) => *count < places.each && self.shared() < places.shared,
        }
    }

    /// How many of the places are taken that all share.
    fn shared(&self) -> usize {
        self.tasks.len() - self.counts.len()
    }

    /// Sends one.
    pub(super) fn go(
        &mut self,
        delivery: DeliveryId,
        webhook: WebhookId,
        send: impl Future<Output = Result<()>> + Send + 'static,
    ) {
        let task = self.sends.spawn(send);
        self.tasks.insert(task.id(), (delivery, webhook));
        *self.counts.entry(webhook).or_default() += 1;
    }

    /// Waits until one has arrived, or failed to.
    pub(super) async fn landed(&mut self) -> Result<()> {
        let Some(landed) = self.sends.join_next_with_id().await else {
            return Ok(());
        };
        self.forget(landed)
    }

    /// Those that have arrived meanwhile.
    pub(super) fn all_landed(&mut self) -> Result<()> {
        while let Some(landed) = self.sends.try_join_next_with_id() {
            self.forget(landed)?;
        }
        Ok(())
    }

    fn forget(&mut self, landed: std::result::Result<(Id, Result<()>), JoinError>) -> Result<()> {
        let (task, recorded) = match landed {
            Ok(landed) => landed,
            // It is still due, and sent again.
            Err(error) => (error.id(), Ok(())),
        };
        if let Some((_, webhook)) = self.tasks.remove(&task)
            && let Some(count) = self.counts.get_mut(&webhook)
        {
            *count -= 1;
            if *count == 0 {
                self.counts.remove(&webhook);
            }
        }
        recorded
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACES: Places = Places { shared: 3, each: 3 };

    fn webhook(id: i64) -> WebhookId {
        id.try_into().unwrap()
    }

    /// Sends deliveries that never arrive, as many as there are places, and says how many.
    fn fill(flying: &mut Flying, id: i64) -> usize {
        let before = flying.tasks.len();
        while flying.may_go(webhook(id), PLACES) {
            let delivery = i64::try_from(flying.tasks.len()).unwrap() + 1;
            flying.go(delivery.try_into().unwrap(), webhook(id), std::future::pending());
        }
        flying.tasks.len() - before
    }

    #[tokio::test]
    async fn each_has_a_place_whatever_others_take() {
        let mut flying = Flying::default();
        assert_eq!(fill(&mut flying, 1), PLACES.each);
        // Of three that are shared one is left.
        assert_eq!(fill(&mut flying, 2), 2);
        for other in 3..10 {
            assert_eq!(fill(&mut flying, other), 1);
        }
    }

    #[tokio::test]
    async fn a_place_is_free_again_when_one_has_arrived() {
        let mut flying = Flying::default();
        fill(&mut flying, 1);
        assert_eq!(fill(&mut flying, 2), 2);
        let three = webhook(3);
        flying.go(90.try_into().unwrap(), three, async { Ok(()) });
        assert!(flying.has(90.try_into().unwrap()) && !flying.may_go(three, PLACES));
        flying.landed().await.unwrap();
        assert!(!flying.has(90.try_into().unwrap()) && flying.may_go(three, PLACES));
        // One that breaks is no longer on its way either.
        flying.go(91.try_into().unwrap(), three, async {
            panic!("as a test of what happens then")
        });
        flying.landed().await.unwrap();
        assert_eq!(flying.counts.len(), 2);
        assert!(!flying.is_empty());
    }
}
