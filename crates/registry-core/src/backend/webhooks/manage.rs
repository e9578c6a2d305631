//! Webhooks are managed as models are: load, decide, apply.

use async_trait::async_trait;

use super::{KeptWebhook, Line, NewDelivery, Requeue, WebhookBackend, WebhookChange, WebhookState};
use crate::backend::pages::{one_more, page};
use crate::backend::sequence::apply;
use crate::backend::{Change, once};
use crate::context::WriteContext;
use crate::error::{Error, Result};
use crate::identifier::{DeliveryId, WebhookId};
use crate::query::Page;
use crate::record::{LineRecord, convert};
use crate::rules;
use crate::timestamp::Timestamp;
use crate::webhook::{
    COUNTED_DELIVERIES, Delivery, DeliveryDetail, DeliveryQuery, NEWEST_DELIVERIES, NewWebhook, Replay,
    Replayed, Webhook, WebhookSecret, WebhookStanding, WebhookUpdate, Webhooks,
};

#[async_trait]
impl<B: WebhookBackend> Webhooks for B {
    async fn create(
        &self,
        context: &WriteContext,
        webhook: NewWebhook,
        secret: WebhookSecret,
    ) -> Result<Webhook> {
        let asked = once::asked(context, "create_webhook", &webhook)?;
        once::write(self, context, asked, async |tx| {
            let (state, webhooks) = load(self, tx).await?;
            let decision = rules::create_webhook(&state, &webhooks, webhook, secret, context)?;
            apply(self, tx, context, decision).await
        })
        .await
    }

    async fn list(&self) -> Result<Vec<Webhook>> {
        let webhooks: Vec<KeptWebhook> = convert(self.list_webhooks().await?)?;
        Ok(webhooks.into_iter().map(|kept| kept.webhook).collect())
    }

    async fn standings(&self) -> Result<Vec<WebhookStanding>> {
        let up_to = i64::from(COUNTED_DELIVERIES).saturating_add(1);
        let records = self.list_standings(up_to, NEWEST_DELIVERIES.into()).await?;
        let mut standings = Vec::new();
        for webhook in self.list().await? {
            // One that is made between the two reads is left out.
            let mut records = records.iter();
            if let Some(record) = records.find(|record| record.webhook_id == webhook.id.get()) {
                standings.push(record.of(webhook, COUNTED_DELIVERIES)?);
            }
        }
        Ok(standings)
    }

    async fn get(&self, id: WebhookId) -> Result<Webhook> {
        let all = self.list().await?;
        all.into_iter()
            .find(|webhook| webhook.id == id)
            .ok_or_else(|| rules::unknown_webhook(id))
    }

    async fn update(&self, context: &WriteContext, id: WebhookId, update: WebhookUpdate) -> Result<Webhook> {
        let asked = once::asked(context, "update_webhook", &(id, &update))?;
        once::write(self, context, asked, async |tx| {
            let (_, webhooks) = load(self, tx).await?;
            let decision = rules::update_webhook(&webhooks, id, update, context)?;
            apply(self, tx, context, decision).await
        })
        .await
    }

    async fn rotate_secret(
        &self,
        context: &WriteContext,
        id: WebhookId,
        secret: WebhookSecret,
        old_until: Timestamp,
    ) -> Result<Webhook> {
        // When it is asked for again, the time until which the old one counts is another.
        let asked = once::asked(context, "rotate_secret", &id)?;
        once::write(self, context, asked, async |tx| {
            let (_, webhooks) = load(self, tx).await?;
            let decision = rules::rotate_secret(&webhooks, id, secret, old_until, context)?;
            apply(self, tx, context, decision).await
        })
        .await
    }

    async fn delete(&self, context: &WriteContext, id: WebhookId) -> Result<Webhook> {
        let asked = once::asked(context, "delete_webhook", &id)?;
        once::write(self, context, asked, async |tx| {
            let (_, webhooks) = load(self, tx).await?;
            let decision = rules::delete_webhook(&webhooks, id, context)?;
            apply(self, tx, context, decision).await
        })
        .await
    }

    async fn deliveries(&self, query: &DeliveryQuery) -> Result<Page<Delivery, DeliveryId>> {
        let records = self.list_deliveries(query, one_more(query.limit)).await?;
        page::<_, Delivery, _>(records, query.limit, |delivery| delivery.id)
    }

    async fn delivery(&self, id: DeliveryId) -> Result<DeliveryDetail> {
        let Some(record) = self.find_delivery(id).await? else {
            return Err(unknown_delivery(id));
        };
        Ok(DeliveryDetail {
            delivery: record.try_into()?,
            history: convert(self.list_attempts(id).await?)?,
        })
    }

    async fn replay(&self, context: &WriteContext, replay: Replay) -> Result<Replayed> {
        let asked = once::asked(context, "replay", &replay)?;
        once::write(self, context, asked, async |tx| {
            let (_, webhooks) = load(self, tx).await?;
            let which = match replay {
                Replay::Delivery(id) => match self.load_delivery(tx, id).await? {
                    Some(_) => Requeue::Delivery(id),
                    None => return Err(unknown_delivery(id)),
                },
                Replay::Dead(webhook) => Requeue::Dead(rules::known_webhook(&webhooks, webhook)?.webhook.id),
                Replay::Since(webhook, since) => {
                    Requeue::Since(rules::known_webhook(&webhooks, webhook)?.webhook.id, since)
                }
            };
            let places = self.requeue_deliveries(tx, which).await?;
            let deliveries = u64::try_from(places.len()).unwrap_or(u64::MAX);
            let mut lines = places.into_iter().map(line).collect::<Result<Vec<_>>>()?;
            lines.sort_unstable();
            lines.dedup();
            write(
                self,
                tx,
                [WebhookChange::LineUp {
                    lines,
                    at: context.at,
                }],
            )
            .await?;
            Ok(Replayed { deliveries })
        })
        .await
    }

    async fn test(&self, context: &WriteContext, id: WebhookId) -> Result<Delivery> {
        let asked = once::asked(context, "test_webhook", &id)?;
        once::write(self, context, asked, async |tx| {
            let (state, webhooks) = load(self, tx).await?;
            let line = Line::of(rules::known_webhook(&webhooks, id)?.webhook.id, None);
            let delivery = NewDelivery {
                id: (state.last_delivery + 1).try_into()?,
                line,
                event: None,
            };
            let at = context.at;
            let changes = [
                WebhookChange::InsertDeliveries {
                    deliveries: vec![delivery],
                    at,
                },
                WebhookChange::LineUp {
                    lines: vec![line],
                    at,
                },
            ];
            write(self, tx, changes).await?;
            match self.load_delivery(tx, delivery.id).await? {
                Some(record) => record.try_into(),
                None => Err(unknown_delivery(delivery.id)),
            }
        })
        .await
    }
}

/// The state, which locks, and then the webhooks.
async fn load<B: WebhookBackend>(backend: &B, tx: &mut B::Tx) -> Result<(WebhookState, Vec<KeptWebhook>)> {
    let state = backend.load_webhook_state(tx).await?.try_into()?;
    let webhooks = convert(backend.load_webhooks(tx).await?)?;
    Ok((state, webhooks))
}

/// Writes changes that leave no event.
pub(super) async fn write<B: WebhookBackend>(
    backend: &B,
    tx: &mut B::Tx,
    changes: impl IntoIterator<Item = WebhookChange> + Send,
) -> Result<()> {
    let changes: Vec<Change> = changes
        .into_iter()
        .map(|change| Change::Webhook(Box::new(change)))
        .collect();
    backend.apply(tx, &changes).await
}

fn line(record: LineRecord) -> Result<Line> {
    Ok(Line {
        webhook: record.webhook_id.try_into()?,
        number: record.line,
    })
}

fn unknown_delivery(id: DeliveryId) -> Error {
    Error::DeliveryNotFound {
        wanted: id.to_string(),
    }
}
