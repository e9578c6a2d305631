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
        let found = async { webhooks::list(&mut *self.readers().acquire().await?).await };
        found.await.map_err(self.failed("list the webhooks"))
    }

    async fn list_standings(&self, take: i64, newest: i64) -> Result<Vec<StandingRecord>> {
        let found = async { webhooks::standings(&mut *self.readers().acquire().await?, take, newest).await };
        found.await.map_err(self.failed("look how the webhooks are"))
    }

    async fn find_webhook_state(&self) -> Result<WebhookStateRecord> {
        let found = async { webhooks::state(&mut *self.readers().acquire().await?).await };
        found.await.map_err(self.failed("look how far webhooks are told"))
    }

    async fn list_deliveries(&self, query: &DeliveryQuery, take: i64) -> Result<Vec<DeliveryRecord>> {
        let found = async { webhooks::deliveries(&mut *self.readers().acquire().await?, query, take).await };
        found.await.map_err(self.failed("list deliveries"))
    }

    async fn find_delivery(&self, id: DeliveryId) -> Result<Option<DeliveryRecord>> {
        let found = async { webhooks::delivery(&mut *self.readers().acquire().await?, id).await };
        found.await.map_err(self.failed("find a delivery"))
    }

    async fn list_attempts(&self, id: DeliveryId) -> Result<Vec<AttemptRecord>> {
        let found = async { webhooks::attempts(&mut *self.readers().acquire().await?, id).await };
        found
            .await
            .map_err(self.failed("list the attempts of a delivery"))
    }

    async fn find_due_deliveries(&self, now: Timestamp, take: i64) -> Result<Vec<DeliveryRecord>> {
        let found = async { webhooks::due(&mut *self.readers().acquire().await?, now, take).await };
        found
            .await
            .map_err(self.failed("find the deliveries that are due"))
    }

    async fn find_events(&self, ids: &[i64]) -> Result<Vec<EventRecord>> {
        let found = async { webhooks::events(&mut *self.readers().acquire().await?, ids).await };
        found.await.map_err(self.failed("find the events of deliveries"))
    }

    async fn find_backlog(&self, now: i64, take: i64) -> Result<BacklogRecord> {
        let found = async { webhooks::backlog(&mut *self.readers().acquire().await?, now, take).await };
        found.await.map_err(self.failed("count the deliveries that wait"))
    }

    async fn load_webhook_state(&self, tx: &mut Tx) -> Result<WebhookStateRecord> {
        let loaded = webhooks::state(tx.connection()).await;
        loaded.map_err(self.failed("look how far webhooks are told"))
    }

    async fn load_webhooks(&self, tx: &mut Tx) -> Result<Vec<WebhookRecord>> {
        let loaded = webhooks::list(tx.connection()).await;
        loaded.map_err(self.failed("load the webhooks"))
    }

    async fn load_delivery(&self, tx: &mut Tx, id: DeliveryId) -> Result<Option<DeliveryRecord>> {
        let loaded = webhooks::delivery(tx.connection(), id).await;
        loaded.map_err(self.failed("load a delivery"))
    }

    async fn requeue_deliveries(&self, tx: &mut Tx, which: Requeue) -> Result<Vec<LineRecord>> {
        let loaded = webhooks::requeue(tx.connection(), which).await;
        loaded.map_err(self.failed("replay deliveries"))
    }

    async fn prune_deliveries(&self, tx: &mut Tx, finished_before: Timestamp, take: i64) -> Result<u64> {
        let loaded = webhooks::prune(tx.connection(), finished_before, take).await;
        loaded.map_err(self.failed("forget deliveries"))
    }
}
