//! Webhooks as a table of contents: which function answers what. No rule and no SQL here.

use registry_core::backend::{Requeue, WebhookBackend};
use registry_core::record::{
    AttemptRecord, BacklogRecord, DeliveryRecord, EventRecord, LineRecord, StandingRecord, WebhookRecord,
    WebhookStateRecord,
};
use registry_core::webhook::DeliveryQuery;
use registry_core::{DeliveryId, Result, Timestamp};

use crate::webhooks;
use crate::work::{Tx, Work};

impl WebhookBackend for Work {
    async fn list_webhooks(&self) -> Result<Vec<WebhookRecord>> {
        self.ask("list the webhooks", async |reader| webhooks::list(reader).await)
            .await
    }

    async fn list_standings(&self, take: i64, newest: i64) -> Result<Vec<StandingRecord>> {
        self.ask("look how the webhooks are", async |reader| {
            webhooks::standings(reader, take, newest).await
        })
        .await
    }

    async fn find_webhook_state(&self) -> Result<WebhookStateRecord> {
        self.ask("look how far webhooks are told", async |reader| {
            webhooks::state(reader).await
        })
        .await
    }

    async fn list_deliveries(&self, query: &DeliveryQuery, take: i64) -> Result<Vec<DeliveryRecord>> {
        self.ask("list deliveries", async |reader| {
            webhooks::deliveries(reader, query, take).await
        })
        .await
    }

    async fn find_delivery(&self, id: DeliveryId) -> Result<Option<DeliveryRecord>> {
        self.ask("find a delivery", async |reader| {
            webhooks::delivery(reader, id).await
        })
        .await
    }

    async fn list_attempts(&self, id: DeliveryId) -> Result<Vec<AttemptRecord>> {
        self.ask("list the attempts of a delivery", async |reader| {
            webhooks::attempts(reader, id).await
        })
        .await
    }

    async fn find_due_deliveries(&self, now: Timestamp, take: i64) -> Result<Vec<DeliveryRecord>> {
        self.ask("find the deliveries that are due", async |reader| {
            webhooks::due(reader, now, take).await
        })
        .await
    }

    async fn find_events(&self, ids: &[i64]) -> Result<Vec<EventRecord>> {
        self.ask("find the events of deliveries", async |reader| {
            webhooks::events(reader, ids).await
        })
        .await
    }

    async fn find_backlog(&self, now: i64, take: i64) -> Result<BacklogRecord> {
        self.ask("count the deliveries that wait", async |reader| {
            webhooks::backlog(reader, now, take).await
        })
        .await
    }

    async fn load_webhook_state(&self, tx: &mut Tx) -> Result<WebhookStateRecord> {
        let loaded = self.in_time(webhooks::state(tx.connection())).await;
        loaded.map_err(self.failed("look how far webhooks are told"))
    }

    async fn load_webhooks(&self, tx: &mut Tx) -> Result<Vec<WebhookRecord>> {
        let loaded = self.in_time(webhooks::list(tx.connection())).await;
        loaded.map_err(self.failed("load the webhooks"))
    }

    async fn load_delivery(&self, tx: &mut Tx, id: DeliveryId) -> Result<Option<DeliveryRecord>> {
        let loaded = self.in_time(webhooks::delivery(tx.connection(), id)).await;
        loaded.map_err(self.failed("load a delivery"))
    }

    async fn requeue_deliveries(&self, tx: &mut Tx, which: Requeue) -> Result<Vec<LineRecord>> {
        let loaded = self.in_time(webhooks::requeue(tx.connection(), which)).await;
        loaded.map_err(self.failed("replay deliveries"))
    }

    async fn prune_deliveries(&self, tx: &mut Tx, finished_before: Timestamp, take: i64) -> Result<u64> {
        let loaded = self
            .in_time(webhooks::prune(tx.connection(), finished_before, take))
            .await;
        loaded.map_err(self.failed("forget deliveries"))
    }
}
