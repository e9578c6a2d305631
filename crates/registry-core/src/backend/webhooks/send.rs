//! Deliveries are made and recorded under the lease, which each write looks at in its own transaction.

use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;

use super::manage::write;
use super::{KeptWebhook, Line, NewDelivery, WebhookBackend, WebhookChange, WebhookState};
use crate::backend::sequence::apply;
use crate::error::Result;
use crate::event::{Event, EventId};
use crate::identifier::{DeliveryId, WebhookId};
use crate::record::convert;
use crate::rules;
use crate::timestamp::Timestamp;
use crate::watch::Feed;
use crate::webhook::{
    Attempt, AttemptOutcome, Backlog, Delivery, DeliveryStatus, DueDelivery, FanOut, LeaseHolder, Recorded,
    WebhookQueue,
};

#[async_trait]
impl<B: WebhookBackend> WebhookQueue for B {
    async fn hold_lease(&self, holder: LeaseHolder, now: Timestamp, until: Timestamp) -> Result<bool> {
        locked(self, async |tx, state| {
            if state
                .lease
                .is_some_and(|(other, ends)| other != holder && ends > now)
            {
                return Ok(false);
            }
            write(self, tx, [WebhookChange::SaveLease(Some((holder, until)))]).await?;
            Ok(true)
        })
        .await
    }

    async fn release_lease(&self, holder: LeaseHolder) -> Result<()> {
        locked(self, async |tx, state| match state.require(holder) {
            Ok(()) => write(self, tx, [WebhookChange::SaveLease(None)]).await,
            Err(_) => Ok(()),
        })
        .await
    }

    async fn fan_out(
        &self,
        holder: LeaseHolder,
        feed: &mut dyn Feed,
        now: Timestamp,
        limit: u32,
    ) -> Result<FanOut> {
        let state = WebhookState::try_from(self.find_webhook_state().await?)?;
        state.require(holder)?;
        let webhooks: Vec<KeptWebhook> = convert(self.list_webhooks().await?)?;
        if webhooks.iter().all(|kept| !kept.webhook.enabled) {
            return Ok(FanOut::default());
        }
        let events = feed.after(state.cursor, i64::from(limit)).await?;
        let events = events.into_iter().collect::<Result<Vec<Event>>>()?;
        let Some(last) = events.last().map(|event| event.id) else {
            return Ok(FanOut {
                webhooks: webhooks.iter().filter(|kept| kept.webhook.enabled).count(),
                ..FanOut::default()
            });
        };
        let believed = state.cursor;
        locked(self, async |tx, state| {
            state.require(holder)?;
            let mut webhooks: Vec<KeptWebhook> = convert(self.load_webhooks(tx).await?)?;
            webhooks.retain(|kept| kept.webhook.enabled);
            let mut done = FanOut {
                webhooks: webhooks.len(),
                ..FanOut::default()
            };
            // Where another moved it meanwhile, these events are his.
            if state.cursor == believed && !webhooks.is_empty() {
                let deliveries = deliveries(&webhooks, &events, state.last_delivery)?;
                (done.events, done.deliveries) = (events.len(), deliveries.len());
                let lines: BTreeSet<Line> = deliveries.iter().map(|delivery| delivery.line).collect();
                let mut changes = Vec::new();
                if !deliveries.is_empty() {
                    let lines = lines.into_iter().collect();
                    changes.push(WebhookChange::InsertDeliveries { deliveries, at: now });
                    changes.push(WebhookChange::LineUp { lines, at: now });
                }
                changes.push(WebhookChange::MoveCursor(last));
                write(self, tx, changes).await?;
            }
            Ok(done)
        })
        .await
    }

    async fn due(&self, holder: LeaseHolder, now: Timestamp, per_webhook: u32) -> Result<Vec<DueDelivery>> {
        WebhookState::try_from(self.find_webhook_state().await?)?.require(holder)?;
        let deliveries: Vec<Delivery> =
            convert(self.find_due_deliveries(now, i64::from(per_webhook)).await?)?;
        if deliveries.is_empty() {
            return Ok(Vec::new());
        }
        let ids: BTreeSet<i64> = deliveries
            .iter()
            .filter_map(|delivery| delivery.event)
            .map(|id| id.0)
            .collect();
        let ids: Vec<i64> = ids.into_iter().collect();
        let events: Vec<Event> = convert(self.find_events(&ids).await?)?;
        let events: HashMap<EventId, Event> = events.into_iter().map(|event| (event.id, event)).collect();
        let webhooks: Vec<KeptWebhook> = convert(self.list_webhooks().await?)?;
        let webhooks: HashMap<WebhookId, KeptWebhook> =
            webhooks.into_iter().map(|kept| (kept.webhook.id, kept)).collect();
        let due = deliveries.into_iter().filter_map(|delivery| {
            // One that was deleted meanwhile has nothing to send any more.
            let kept = webhooks.get(&delivery.webhook)?;
            Some(DueDelivery {
                url: kept.webhook.url.clone(),
                secrets: kept.secrets(now),
                changed_at: kept.webhook.updated_at,
                event: delivery.event.and_then(|id| events.get(&id)).cloned(),
                delivery,
            })
        });
        Ok(due.collect())
    }

    async fn record(
        &self,
        holder: LeaseHolder,
        now: Timestamp,
        delivery: DeliveryId,
        attempt: Attempt,
        outcome: AttemptOutcome,
    ) -> Result<Recorded> {
        locked(self, async |tx, state| {
            state.require(holder)?;
            let Some(record) = self.load_delivery(tx, delivery).await? else {
                return Ok(Recorded::No);
            };
            let delivery = Delivery::try_from(record)?;
            if delivery.status != DeliveryStatus::Pending {
                return Ok(Recorded::No);
            }
            let webhook = delivery.webhook;
            write(self, tx, recorded(delivery, attempt, outcome, now)).await?;
            if let AttemptOutcome::Gone(seen) = outcome {
                let webhooks: Vec<KeptWebhook> = convert(self.load_webhooks(tx).await?)?;
                let context = rules::turning_off(now)?;
                let decision = rules::gone(&webhooks, webhook, seen, &context)?;
                return apply(self, tx, &context, decision).await;
            }
            Ok(Recorded::Yes)
        })
        .await
    }

    async fn prune(&self, holder: LeaseHolder, finished_before: Timestamp, limit: u32) -> Result<u64> {
        locked(self, async |tx, state| {
            state.require(holder)?;
            self.prune_deliveries(tx, finished_before, i64::from(limit)).await
        })
        .await
    }

    async fn backlog(&self, now: Timestamp, up_to: u32) -> Result<Backlog> {
        let found = self.find_backlog(now.as_micros(), i64::from(up_to) + 1);
        found.await?.bounded(up_to)
    }
}

/// A transaction that begins with the state, which locks it.
async fn locked<B: WebhookBackend, T>(
    backend: &B,
    work: impl AsyncFnOnce(&mut B::Tx, WebhookState) -> Result<T>,
) -> Result<T> {
    let mut tx = backend.begin().await?;
    let state = match backend.load_webhook_state(&mut tx).await {
        Ok(record) => WebhookState::try_from(record),
        Err(error) => Err(error),
    };
    let outcome = match state {
        Ok(state) => work(&mut tx, state).await,
        Err(error) => Err(error),
    };
    match outcome {
        Ok(answer) => backend.commit(tx).await.map(|()| answer),
        Err(error) => backend.rollback(tx).await.and(Err(error)),
    }
}

/// One delivery for each webhook and event that it wants to be told of, in the order of the events.
fn deliveries(webhooks: &[KeptWebhook], events: &[Event], last_id: i64) -> Result<Vec<NewDelivery>> {
    let mut deliveries = Vec::new();
    let mut id = last_id;
    for event in events {
        for kept in webhooks {
            if event.id > kept.after && kept.webhook.filter.fits(event) {
                id += 1;
                deliveries.push(NewDelivery {
                    id: id.try_into()?,
                    line: Line::of(kept.webhook.id, Some(event)),
                    event: Some(event.id),
                });
            }
        }
    }
    Ok(deliveries)
}

/// What follows from an attempt.
fn recorded(
    mut delivery: Delivery,
    attempt: Attempt,
    outcome: AttemptOutcome,
    now: Timestamp,
) -> Vec<WebhookChange> {
    let line = Line::of_delivery(&delivery);
    delivery.attempts += 1;
    delivery.last_status = attempt.status;
    delivery.last_error.clone_from(&attempt.error);
    let finished = match outcome {
        AttemptOutcome::Delivered => Some(DeliveryStatus::Delivered),
        AttemptOutcome::Dead => Some(DeliveryStatus::Dead),
        AttemptOutcome::RetryAt(_) | AttemptOutcome::Gone(_) => {
            let again = match outcome {
                AttemptOutcome::RetryAt(at) => at,
                _ => now,
            };
            // One that went behind another meanwhile waits for it.
            delivery.next_attempt_at = delivery.next_attempt_at.map(|_| again);
            None
        }
    };
    if outcome != AttemptOutcome::Delivered {
        delivery.failures += 1;
    }
    if let Some(status) = finished {
        delivery.status = status;
        delivery.next_attempt_at = None;
        delivery.finished_at = Some(now);
    }
    let mut changes = vec![
        WebhookChange::InsertAttempt {
            delivery: delivery.id,
            number: delivery.attempts,
            attempt,
        },
        WebhookChange::UpdateDelivery(Box::new(delivery)),
    ];
    if finished.is_some() {
        changes.push(WebhookChange::LineUp {
            lines: vec![line],
            at: now,
        });
    }
    changes
}
