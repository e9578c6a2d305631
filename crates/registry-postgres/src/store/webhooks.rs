//! Webhooks: all that writes about them takes the one lock, and is tried again as every write is.

use async_trait::async_trait;
use registry_core::watch::Feed;
use registry_core::webhook::{
    Attempt, AttemptOutcome, Backlog, Delivery, DeliveryDetail, DeliveryQuery, DueDelivery, FanOut,
    LeaseHolder, NewWebhook, Recorded, Replay, Replayed, Webhook, WebhookQueue, WebhookSecret,
    WebhookStanding, WebhookUpdate, Webhooks,
};
use registry_core::{DeliveryId, Page, Result, Timestamp, WebhookId, WriteContext};

use crate::locks::Locks;
use crate::store::PostgresStore;
use crate::work::Work;

#[async_trait]
impl Webhooks for PostgresStore {
    async fn create(
        &self,
        context: &WriteContext,
        webhook: NewWebhook,
        secret: WebhookSecret,
    ) -> Result<Webhook> {
        self.writing(Locks::Webhooks, |work| {
            let (webhook, secret) = (webhook.clone(), secret.clone());
            async move { work.create(context, webhook, secret).await }
        })
        .await
    }

    async fn list(&self) -> Result<Vec<Webhook>> {
        self.read(|work| async move { work.list().await }).await
    }

    async fn standings(&self) -> Result<Vec<WebhookStanding>> {
        self.read(|work| async move { work.standings().await }).await
    }

    async fn get(&self, id: WebhookId) -> Result<Webhook> {
        self.read(|work| async move { work.get(id).await }).await
    }

    async fn update(&self, context: &WriteContext, id: WebhookId, update: WebhookUpdate) -> Result<Webhook> {
        self.writing(Locks::Webhooks, |work| {
            let update = update.clone();
            async move { work.update(context, id, update).await }
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
        self.writing(Locks::Webhooks, |work| {
            let secret = secret.clone();
            async move { work.rotate_secret(context, id, secret, old_until).await }
        })
        .await
    }

    async fn delete(&self, context: &WriteContext, id: WebhookId) -> Result<Webhook> {
        self.writing(
            Locks::Webhooks,
            |work| async move { work.delete(context, id).await },
        )
        .await
    }

    async fn deliveries(&self, query: &DeliveryQuery) -> Result<Page<Delivery, DeliveryId>> {
        self.read(|work| async move { work.deliveries(query).await })
            .await
    }

    async fn delivery(&self, id: DeliveryId) -> Result<DeliveryDetail> {
        self.read(|work| async move { work.delivery(id).await }).await
    }

    async fn replay(&self, context: &WriteContext, replay: Replay) -> Result<Replayed> {
        self.writing(Locks::Webhooks, |work| async move {
            work.replay(context, replay).await
        })
        .await
    }

    async fn test(&self, context: &WriteContext, id: WebhookId) -> Result<Delivery> {
        self.writing(
            Locks::Webhooks,
            |work| async move { work.test(context, id).await },
        )
        .await
    }
}

#[async_trait]
impl WebhookQueue for PostgresStore {
    async fn hold_lease(&self, holder: LeaseHolder, now: Timestamp, until: Timestamp) -> Result<bool> {
        self.writing(Locks::Webhooks, |work| async move {
            work.hold_lease(holder, now, until).await
        })
        .await
    }

    async fn release_lease(&self, holder: LeaseHolder) -> Result<()> {
        self.writing(
            Locks::Webhooks,
            |work| async move { work.release_lease(holder).await },
        )
        .await
    }

    async fn fan_out(
        &self,
        holder: LeaseHolder,
        feed: &mut dyn Feed,
        now: Timestamp,
        limit: u32,
    ) -> Result<FanOut> {
        // It is asked for again and again, and a failure has changed nothing.
        Work::new(self.clone(), Locks::Webhooks)
            .fan_out(holder, feed, now, limit)
            .await
    }

    // What is due is read where it is recorded: a replica would have deliveries sent twice.
    async fn due(&self, holder: LeaseHolder, now: Timestamp, per_webhook: u32) -> Result<Vec<DueDelivery>> {
        self.ask(&self.connections, &|work: Work| async move {
            work.due(holder, now, per_webhook).await
        })
        .await
    }

    async fn record(
        &self,
        holder: LeaseHolder,
        now: Timestamp,
        delivery: DeliveryId,
        attempt: Attempt,
        outcome: AttemptOutcome,
    ) -> Result<Recorded> {
        self.writing(Locks::Webhooks, |work| {
            let attempt = attempt.clone();
            async move { work.record(holder, now, delivery, attempt, outcome).await }
        })
        .await
    }

    async fn prune(&self, holder: LeaseHolder, finished_before: Timestamp, limit: u32) -> Result<u64> {
        self.writing(Locks::Webhooks, |work| async move {
            work.prune(holder, finished_before, limit).await
        })
        .await
    }

    async fn backlog(&self, now: Timestamp, up_to: u32) -> Result<Backlog> {
        self.read(|work| async move { work.backlog(now, up_to).await })
            .await
    }
}
