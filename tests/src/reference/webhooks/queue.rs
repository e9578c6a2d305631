//! Making deliveries and recording what became of them.

use std::sync::PoisonError;

use async_trait::async_trait;
use registry_core::search::Count;
use registry_core::watch::Feed;
use registry_core::webhook::{
    Attempt, AttemptOutcome, Backlog, Delivery, DeliveryStatus, DueDelivery, FanOut, LeaseHolder, Recorded,
    WebhookQueue,
};
use registry_core::{
    Actor, DeliveryId, Error, Event, EventId, Reason, Result, Timestamp, WebhookId, WriteContext,
};

use super::super::state::Write;
use super::{Entry, Hooks};
use crate::Reference;

impl Hooks {
    fn held_by(&self, holder: LeaseHolder) -> Result<()> {
        match self.lease {
            Some((other, _)) if other == holder => Ok(()),
            _ => Err(Error::LeaseLost),
        }
    }

    /// Adds a delivery at the end of its line.
    pub(super) fn deliver(
        &mut self,
        webhook: WebhookId,
        event: Option<&Event>,
        now: Timestamp,
    ) -> Result<DeliveryId> {
        self.last_delivery += 1;
        let id = DeliveryId::try_from(self.last_delivery)?;
        let delivery = Delivery {
            id,
            webhook,
            event: event.map(|event| event.id),
            kind: event.map(|event| event.kind),
            model: event.and_then(|event| event.model.clone()),
            tag: event.and_then(|event| event.tag.clone()),
            status: DeliveryStatus::Pending,
            attempts: 0,
            failures: 0,
            next_attempt_at: None,
            last_status: None,
            last_error: None,
            created_at: now,
            finished_at: None,
        };
        let history = Vec::new();
        self.deliveries.insert(id, Entry { delivery, history });
        Ok(id)
    }

    fn fan_out(&mut self, events: &[Event], now: Timestamp) -> Result<FanOut> {
        let mut told = Vec::new();
        for event in events {
            for hook in self.webhooks.values().filter(|hook| hook.webhook.enabled) {
                if event.id > hook.after && hook.webhook.filter.fits(event) {
                    told.push((hook.webhook.id, event));
                }
            }
        }
        for (webhook, event) in &told {
            self.deliver(*webhook, Some(event), now)?;
        }
        self.line_up(now);
        if let Some(last) = events.last() {
            self.cursor = last.id.0;
        }
        Ok(FanOut {
            webhooks: self.webhooks.values().filter(|hook| hook.webhook.enabled).count(),
            events: events.len(),
            deliveries: told.len(),
        })
    }

    fn record(&mut self, now: Timestamp, id: DeliveryId, attempt: Attempt, outcome: AttemptOutcome) -> bool {
        let Some(entry) = self.deliveries.get_mut(&id) else {
            return false;
        };
        let delivery = &mut entry.delivery;
        if delivery.status != DeliveryStatus::Pending {
            return false;
        }
        delivery.attempts += 1;
        delivery.last_status = attempt.status;
        delivery.last_error.clone_from(&attempt.error);
        entry.history.push(attempt);
        match outcome {
            AttemptOutcome::RetryAt(again) => {
                failed(delivery, again);
                return true;
            }
            AttemptOutcome::Gone(_) => {
                failed(delivery, now);
                return true;
            }
            AttemptOutcome::Delivered => delivery.status = DeliveryStatus::Delivered,
            AttemptOutcome::Dead => {
                delivery.failures += 1;
                delivery.status = DeliveryStatus::Dead;
            }
        }
        delivery.finished_at = Some(now);
        self.line_up(now);
        true
    }

    fn due(&self, now: Timestamp, per_webhook: u32) -> Vec<(Delivery, &super::Hook)> {
        let mut due = Vec::new();
        for hook in self.webhooks.values().filter(|hook| hook.webhook.enabled) {
            let all = self.deliveries.values().map(|entry| &entry.delivery);
            let mut of_hook: Vec<&Delivery> = all
                .filter(|delivery| delivery.webhook == hook.webhook.id)
                .filter(|delivery| delivery.next_attempt_at.is_some_and(|at| at <= now))
                .collect();
            of_hook.sort_by_key(|delivery| (delivery.next_attempt_at, delivery.id));
            of_hook.truncate(per_webhook as usize);
            due.extend(of_hook.into_iter().map(|delivery| (delivery.clone(), hook)));
        }
        due.sort_by_key(|(delivery, _)| (delivery.next_attempt_at, delivery.id));
        due
    }

    fn prune(&mut self, finished_before: Timestamp, limit: u32) -> u64 {
        let finished = |entry: &Entry| entry.delivery.finished_at.filter(|at| *at < finished_before);
        let mut old: Vec<(Timestamp, DeliveryId)> = self
            .deliveries
            .values()
            .filter_map(|entry| Some((finished(entry)?, entry.delivery.id)))
            .collect();
        old.sort_unstable();
        old.truncate(limit as usize);
        for (_, id) in &old {
            self.deliveries.remove(id);
        }
        old.len() as u64
    }
}

/// It is tried again then, unless it went behind another meanwhile and waits for that.
fn failed(delivery: &mut Delivery, again: Timestamp) {
    delivery.failures += 1;
    if delivery.next_attempt_at.is_some() {
        delivery.next_attempt_at = Some(again);
    }
}

impl Write<'_> {
    /// Turns off the webhook of a delivery, if it is what it was when it was called.
    fn turn_off(&mut self, delivery: DeliveryId, seen: Timestamp) -> Result<Recorded> {
        let id = self.hooks.entry(delivery)?.delivery.webhook;
        let old = self.hooks.hook(id)?.webhook.clone();
        let turned_off = old.enabled && old.updated_at == seen;
        if turned_off {
            let mut new = old.clone();
            new.enabled = false;
            new.gone_at = Some(self.context.at);
            new.updated_at = self.context.at;
            new.updated_by = self.context.actor.clone();
            self.log_webhook(Some(&old), Some(&new));
            self.hooks.hook_mut(id)?.webhook = new;
        }
        Ok(if turned_off {
            Recorded::TurnedOff
        } else {
            Recorded::Yes
        })
    }
}

impl Reference {
    /// Changes the hooks of the one who holds the lease.
    fn send<T>(&self, holder: LeaseHolder, change: impl FnOnce(&mut Hooks) -> Result<T>) -> Result<T> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.hooks.held_by(holder)?;
        let mut copy = state.hooks.clone();
        let answer = change(&mut copy)?;
        state.hooks = copy;
        Ok(answer)
    }
}

#[async_trait]
impl WebhookQueue for Reference {
    async fn hold_lease(&self, holder: LeaseHolder, now: Timestamp, until: Timestamp) -> Result<bool> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match state.hooks.lease {
            Some((other, ends)) if other != holder && ends > now => Ok(false),
            _ => {
                state.hooks.lease = Some((holder, until));
                Ok(true)
            }
        }
    }

    async fn release_lease(&self, holder: LeaseHolder) -> Result<()> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.hooks.lease.take_if(|(other, _)| *other == holder);
        Ok(())
    }

    async fn fan_out(
        &self,
        holder: LeaseHolder,
        feed: &mut dyn Feed,
        now: Timestamp,
        limit: u32,
    ) -> Result<FanOut> {
        let (anybody, cursor) = self.read(|state| (state.hooks.is_anybody_on(), state.hooks.cursor));
        if !anybody {
            self.read(|state| state.hooks.held_by(holder))?;
            return Ok(FanOut::default());
        }
        let events = feed.after(EventId(cursor), i64::from(limit)).await?;
        let events = events.into_iter().collect::<Result<Vec<Event>>>()?;
        self.send(holder, |hooks| {
            // Another was faster.
            let events = if hooks.cursor == cursor { &events[..] } else { &[] };
            hooks.fan_out(events, now)
        })
    }

    async fn due(&self, holder: LeaseHolder, now: Timestamp, per_webhook: u32) -> Result<Vec<DueDelivery>> {
        self.read(|state| {
            state.hooks.held_by(holder)?;
            let due = state.hooks.due(now, per_webhook);
            let due = due.into_iter().map(|(delivery, hook)| {
                let mut secrets = vec![hook.secret.clone()];
                if hook.webhook.old_secret_until.is_some_and(|until| until > now) {
                    secrets.extend(hook.old_secret.clone());
                }
                DueDelivery {
                    event: delivery.event.and_then(|id| state.event(id)).cloned(),
                    url: hook.webhook.url.clone(),
                    changed_at: hook.webhook.updated_at,
                    delivery,
                    secrets,
                }
            });
            Ok(due.collect())
        })
    }

    async fn record(
        &self,
        holder: LeaseHolder,
        now: Timestamp,
        delivery: DeliveryId,
        attempt: Attempt,
        outcome: AttemptOutcome,
    ) -> Result<Recorded> {
        let said = |recorded: bool| if recorded { Recorded::Yes } else { Recorded::No };
        let AttemptOutcome::Gone(seen) = outcome else {
            return self.send(holder, |hooks| {
                Ok(said(hooks.record(now, delivery, attempt, outcome)))
            });
        };
        let reason = Reason::parse("the receiver answered 410: it is gone for good")?;
        let context = WriteContext::new(Actor::parse("registry")?, now).reason(reason);
        self.write(&context, &"gone", |write| {
            write.hooks.held_by(holder)?;
            if write.hooks.record(now, delivery, attempt, outcome) {
                write.turn_off(delivery, seen)
            } else {
                Ok(Recorded::No)
            }
        })
    }

    async fn prune(&self, holder: LeaseHolder, finished_before: Timestamp, limit: u32) -> Result<u64> {
        self.send(holder, |hooks| Ok(hooks.prune(finished_before, limit)))
    }

    async fn backlog(&self, now: Timestamp, up_to: u32) -> Result<Backlog> {
        Ok(self.read(|state| {
            let all = state.hooks.deliveries.values().map(|entry| &entry.delivery);
            let pending = all
                .clone()
                .filter(|delivery| delivery.status == DeliveryStatus::Pending);
            let dead = all.filter(|delivery| delivery.status == DeliveryStatus::Dead);
            let bound = u64::from(up_to);
            let is_on = |delivery: &&Delivery| state.hooks.webhooks[&delivery.webhook].webhook.enabled;
            let due = pending
                .clone()
                .filter(is_on)
                .filter(|delivery| delivery.next_attempt_at.is_some_and(|at| at <= now));
            Backlog {
                pending: Count::bounded(pending.clone().count() as u64, Some(bound)),
                dead: Count::bounded(dead.count() as u64, Some(bound)),
                due: Count::bounded(due.count() as u64, Some(bound)),
                oldest: pending.filter(is_on).map(|delivery| delivery.created_at).min(),
            }
        }))
    }
}
