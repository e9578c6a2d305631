//! Webhooks and their deliveries.

mod queue;

use std::collections::BTreeMap;

use async_trait::async_trait;
use registry_core::search::Count;
use registry_core::webhook::{
    Attempt, COUNTED_DELIVERIES, Delivery, DeliveryDetail, DeliveryQuery, DeliveryStatus, LastDelivery,
    LeaseHolder, MAX_WEBHOOKS, NewWebhook, Replay, Replayed, Webhook, WebhookSecret, WebhookStanding,
    WebhookUpdate, Webhooks,
};
use registry_core::{
    DeliveryId, Error, EventId, EventKind, Limit, ModelId, Page, Result, Timestamp, WebhookId, WriteContext,
};
use serde_json::{Map, Value, json};

use super::Reference;
use super::state::Write;

/// Every webhook and delivery, and who sends.
#[derive(Debug, Clone, Default)]
pub(super) struct Hooks {
    webhooks: BTreeMap<WebhookId, Hook>,
    deliveries: BTreeMap<DeliveryId, Entry>,
    last_webhook: i64,
    last_delivery: i64,
    /// The last event that deliveries were made of.
    cursor: i64,
    lease: Option<(LeaseHolder, Timestamp)>,
}

#[derive(Debug, Clone)]
struct Hook {
    webhook: Webhook,
    secret: WebhookSecret,
    old_secret: Option<WebhookSecret>,
    /// It is told of later events only.
    after: EventId,
}

#[derive(Debug, Clone)]
struct Entry {
    delivery: Delivery,
    history: Vec<Attempt>,
}

/// Which line a delivery stands in.
#[derive(Debug, PartialEq, Eq)]
enum Line {
    Model(ModelId),
    Registry,
    Tests,
}

impl Entry {
    fn line(&self) -> (WebhookId, Line) {
        let line = match (&self.delivery.event, &self.delivery.model) {
            (None, _) => Line::Tests,
            (_, Some(model)) => Line::Model(model.id),
            (_, None) => Line::Registry,
        };
        (self.delivery.webhook, line)
    }
}

fn unknown(id: WebhookId) -> Error {
    Error::WebhookNotFound {
        wanted: id.to_string(),
    }
}

impl Hooks {
    fn hook(&self, id: WebhookId) -> Result<&Hook> {
        self.webhooks.get(&id).ok_or_else(|| unknown(id))
    }

    fn hook_mut(&mut self, id: WebhookId) -> Result<&mut Hook> {
        self.webhooks.get_mut(&id).ok_or_else(|| unknown(id))
    }

    fn entry(&self, id: DeliveryId) -> Result<&Entry> {
        self.deliveries.get(&id).ok_or_else(|| Error::DeliveryNotFound {
            wanted: id.to_string(),
        })
    }

    fn is_anybody_on(&self) -> bool {
        self.webhooks.values().any(|hook| hook.webhook.enabled)
    }

    /// Gives the first of every line its turn, and takes it from those behind it.
    fn line_up(&mut self, now: Timestamp) {
        let mut seen = Vec::new();
        for entry in self.deliveries.values_mut() {
            if entry.delivery.status != DeliveryStatus::Pending {
                entry.delivery.next_attempt_at = None;
                continue;
            }
            let line = entry.line();
            if seen.contains(&line) {
                entry.delivery.next_attempt_at = None;
            } else {
                seen.push(line);
                entry.delivery.next_attempt_at.get_or_insert(now);
            }
        }
    }

    fn requeue(&mut self, now: Timestamp, chosen: impl Fn(&Delivery) -> bool) -> u64 {
        let mut count = 0;
        for entry in self.deliveries.values_mut() {
            let delivery = &mut entry.delivery;
            if chosen(delivery) {
                delivery.status = DeliveryStatus::Pending;
                delivery.failures = 0;
                delivery.finished_at = None;
                // One that already waits goes now.
                delivery.next_attempt_at = None;
                count += 1;
            }
        }
        self.line_up(now);
        count
    }
}

impl Hooks {
    fn standing(&self, webhook: Webhook) -> WebhookStanding {
        let of_webhook: Vec<&Delivery> = self
            .deliveries
            .values()
            .rev()
            .map(|entry| &entry.delivery)
            .filter(|delivery| delivery.webhook == webhook.id)
            .collect();
        let count = |status: DeliveryStatus| {
            let found = of_webhook.iter().filter(|delivery| delivery.status == status);
            Count::bounded(found.count() as u64, Some(COUNTED_DELIVERIES.into()))
        };
        let mut newest = of_webhook.iter().take(20);
        let last = newest.find(|delivery| delivery.attempts > 0);
        WebhookStanding {
            pending: count(DeliveryStatus::Pending),
            dead: count(DeliveryStatus::Dead),
            last: last.map(|delivery| LastDelivery {
                id: delivery.id,
                status: delivery.status,
                last_status: delivery.last_status,
                last_error: delivery.last_error.clone(),
                finished_at: delivery.finished_at,
            }),
            webhook,
        }
    }
}

impl Write<'_> {
    fn free_name(&self, webhook: &Webhook) -> Result<()> {
        let mut others = self.hooks.webhooks.values().map(|hook| &hook.webhook);
        match others.find(|other| other.name == webhook.name && other.id != webhook.id) {
            Some(other) => Err(Error::WebhookExists {
                name: other.name.clone(),
                holder: other.id,
            }),
            None => Ok(()),
        }
    }

    fn log_webhook(&mut self, before: Option<&Webhook>, after: Option<&Webhook>) -> EventId {
        let (before, after) = (shown(before, after), shown(after, before));
        self.log(EventKind::SettingsChanged, None, None)
            .before(before)
            .after(after)
            .id()
    }

    /// The webhook, which is as whoever writes expects it.
    fn expected_webhook(&self, id: WebhookId) -> Result<Webhook> {
        let present = self.hooks.hook(id)?.webhook.clone();
        let revision = present.revision()?;
        match self.context.expected() {
            Some(expected) if !expected.contains(&revision) => Err(Error::WebhookChanged {
                webhook: id,
                revision,
            }),
            _ => Ok(present),
        }
    }

    fn create_webhook(&mut self, new: NewWebhook, secret: WebhookSecret) -> Result<Webhook> {
        let webhook = Webhook {
            id: (self.hooks.last_webhook + 1).try_into()?,
            name: new.name,
            url: new.url,
            filter: new.filter,
            enabled: new.enabled,
            old_secret_until: None,
            gone_at: None,
            created_at: self.context.at,
            created_by: self.context.actor.clone(),
            updated_at: self.context.at,
            updated_by: self.context.actor.clone(),
        };
        self.free_name(&webhook)?;
        if self.hooks.webhooks.len() >= MAX_WEBHOOKS {
            return Err(Error::TooManyWebhooks { limit: MAX_WEBHOOKS });
        }
        let is_first = webhook.enabled && !self.hooks.is_anybody_on();
        let after = self.log_webhook(None, Some(&webhook));
        if is_first {
            self.hooks.cursor = after.0;
        }
        self.hooks.last_webhook += 1;
        let hook = Hook {
            webhook: webhook.clone(),
            secret,
            old_secret: None,
            after,
        };
        self.hooks.webhooks.insert(webhook.id, hook);
        Ok(webhook)
    }

    fn update_webhook(&mut self, id: WebhookId, update: WebhookUpdate) -> Result<Webhook> {
        let old = self.expected_webhook(id)?;
        if update == WebhookUpdate::default() {
            return Err(Error::EmptyUpdate);
        }
        let mut new = old.clone();
        new.name = update.name.unwrap_or(new.name);
        new.url = update.url.unwrap_or(new.url);
        new.filter = update.filter.unwrap_or(new.filter);
        new.enabled = update.enabled.unwrap_or(new.enabled);
        self.free_name(&new)?;
        if new == old {
            return Ok(old);
        }
        new.updated_at = self.context.at;
        new.updated_by = self.context.actor.clone();
        new.gone_at = new.gone_at.filter(|_| !new.enabled);
        let was_anybody_on = self.hooks.is_anybody_on();
        let event = self.log_webhook(Some(&old), Some(&new));
        let hook = self.hooks.hook_mut(id)?;
        hook.webhook = new.clone();
        if new.enabled && !old.enabled {
            hook.after = event;
            if !was_anybody_on {
                self.hooks.cursor = event.0;
            }
        }
        Ok(new)
    }

    fn rotate_secret(
        &mut self,
        id: WebhookId,
        secret: WebhookSecret,
        old_until: Timestamp,
    ) -> Result<Webhook> {
        let (at, actor) = (self.context.at, self.context.actor.clone());
        let name = self.expected_webhook(id)?.name;
        self.log(EventKind::SettingsChanged, None, None)
            .after(json!({ "webhook": { "name": name, "secret": "rotated" } }));
        let hook = self.hooks.hook_mut(id)?;
        hook.old_secret = Some(std::mem::replace(&mut hook.secret, secret));
        hook.webhook.old_secret_until = Some(old_until);
        hook.webhook.updated_at = at;
        hook.webhook.updated_by = actor;
        Ok(hook.webhook.clone())
    }

    fn delete_webhook(&mut self, id: WebhookId) -> Result<Webhook> {
        let webhook = self.expected_webhook(id)?;
        self.log_webhook(Some(&webhook), None);
        self.hooks.webhooks.remove(&id);
        self.hooks
            .deliveries
            .retain(|_, entry| entry.delivery.webhook != id);
        Ok(webhook)
    }

    fn replay(&mut self, replay: Replay) -> Result<Replayed> {
        let at = self.context.at;
        let deliveries = match replay {
            Replay::Delivery(id) => {
                self.hooks.entry(id)?;
                self.hooks.requeue(at, |delivery| delivery.id == id)
            }
            Replay::Dead(webhook) => {
                self.hooks.hook(webhook)?;
                let dead = |delivery: &Delivery| delivery.status == DeliveryStatus::Dead;
                self.hooks
                    .requeue(at, |delivery| delivery.webhook == webhook && dead(delivery))
            }
            Replay::Since(webhook, since) => {
                self.hooks.hook(webhook)?;
                let finished = |delivery: &Delivery| delivery.status != DeliveryStatus::Pending;
                self.hooks.requeue(at, |delivery| {
                    delivery.webhook == webhook && finished(delivery) && delivery.created_at >= since
                })
            }
        };
        Ok(Replayed { deliveries })
    }

    fn test_webhook(&mut self, id: WebhookId) -> Result<Delivery> {
        self.hooks.hook(id)?;
        let at = self.context.at;
        let delivery = self.hooks.deliver(id, None, at)?;
        self.hooks.line_up(at);
        Ok(self.hooks.entry(delivery)?.delivery.clone())
    }
}

/// What the history shows of one side of a change: the name, and what differs from the other side. Of an address it
/// shows the host and no more.
fn shown(side: Option<&Webhook>, other: Option<&Webhook>) -> Value {
    let Some(side) = side else {
        return Value::Null;
    };
    let mut fields = Map::new();
    fields.insert("name".into(), json!(side.name));
    if other.is_none_or(|other| other.url != side.url) {
        fields.insert("target".into(), json!(side.url.origin()));
    }
    if other.is_none_or(|other| other.filter != side.filter) {
        fields.insert("filter".into(), json!(side.filter));
    }
    if other.is_none_or(|other| other.enabled != side.enabled) {
        fields.insert("enabled".into(), json!(side.enabled));
    }
    json!({ "webhook": fields })
}

#[async_trait]
impl Webhooks for Reference {
    async fn create(
        &self,
        context: &WriteContext,
        webhook: NewWebhook,
        secret: WebhookSecret,
    ) -> Result<Webhook> {
        let asked = ("create_webhook", webhook.clone());
        self.write(context, &asked, |write| write.create_webhook(webhook, secret))
    }

    async fn list(&self) -> Result<Vec<Webhook>> {
        let mut all: Vec<Webhook> = self.read(|state| {
            let hooks = state.hooks.webhooks.values();
            hooks.map(|hook| hook.webhook.clone()).collect()
        });
        all.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(all)
    }

    async fn standings(&self) -> Result<Vec<WebhookStanding>> {
        let webhooks = self.list().await?;
        Ok(self.read(|state| {
            let standings = webhooks.into_iter();
            standings.map(|webhook| state.hooks.standing(webhook)).collect()
        }))
    }

    async fn get(&self, id: WebhookId) -> Result<Webhook> {
        self.read(|state| Ok(state.hooks.hook(id)?.webhook.clone()))
    }

    async fn update(&self, context: &WriteContext, id: WebhookId, update: WebhookUpdate) -> Result<Webhook> {
        let asked = ("update_webhook", id, update.clone());
        self.write(context, &asked, |write| write.update_webhook(id, update))
    }

    async fn rotate_secret(
        &self,
        context: &WriteContext,
        id: WebhookId,
        secret: WebhookSecret,
        old_until: Timestamp,
    ) -> Result<Webhook> {
        // When it is asked for again, the time until which the old one holds is another.
        self.write(context, &("rotate_secret", id), |write| {
            write.rotate_secret(id, secret, old_until)
        })
    }

    async fn delete(&self, context: &WriteContext, id: WebhookId) -> Result<Webhook> {
        self.write(context, &("delete_webhook", id), |write| write.delete_webhook(id))
    }

    async fn deliveries(&self, query: &DeliveryQuery) -> Result<Page<Delivery, DeliveryId>> {
        let mut items: Vec<Delivery> = self.read(|state| {
            let all = state.hooks.deliveries.values().rev().map(|entry| &entry.delivery);
            all.filter(|delivery| {
                query.webhook.is_none_or(|webhook| delivery.webhook == webhook)
                    && query.status.is_none_or(|status| delivery.status == status)
                    && query.before.is_none_or(|before| delivery.id < before)
            })
            .cloned()
            .collect()
        });
        let mut next = None;
        if let Limit::AtMost(limit) = query.limit
            && items.len() > limit as usize
        {
            items.truncate(limit as usize);
            next = items.last().map(|delivery| delivery.id);
        }
        Ok(Page { items, next })
    }

    async fn delivery(&self, id: DeliveryId) -> Result<DeliveryDetail> {
        self.read(|state| {
            let entry = state.hooks.entry(id)?;
            Ok(DeliveryDetail {
                delivery: entry.delivery.clone(),
                history: entry.history.clone(),
            })
        })
    }

    async fn replay(&self, context: &WriteContext, replay: Replay) -> Result<Replayed> {
        self.write(context, &("replay", replay), |write| write.replay(replay))
    }

    async fn test(&self, context: &WriteContext, id: WebhookId) -> Result<Delivery> {
        self.write(context, &("test_webhook", id), |write| write.test_webhook(id))
    }
}
