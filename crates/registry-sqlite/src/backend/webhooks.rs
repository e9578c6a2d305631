//! Webhooks as a table of contents: which function answers what. No rule and no SQL here.

use registry_core::backend::{Requeue, WebhookBackend};
use registry_core::record::{
    AttemptRecord, BacklogRecord, DeliveryRecord, EventRecord, LineRecord, StandingRecord, WebhookRecord,
    WebhookStateRecord,
};
use registry_core::webhook::DeliveryQuery;
use registry_core::{DeliveryId, Result, Timestamp};

use crate::writer::Tx;
use crate::{SqliteStore, webhooks};

impl WebhookBackend for SqliteStore {
    async fn list_webhooks(&self) -> Result<Vec<WebhookRecord>> {
        let found = webhooks::list(&mut *self.reader().await?).await;
        found.map_err(self.failed("list the webhooks"))
    }

    async fn list_standings(&self, take: i64, newest: i64) -> Result<Vec<StandingRecord>> {
        let found = webhooks::standings(&mut *self.reader().await?, take, newest).await;
        found.map_err(self.failed("look how the webhooks are"))
    }

    async fn find_webhook_state(&self) -> Result<WebhookStateRecord> {
        let found = webhooks::state(&mut *self.reader().await?).await;
        found.map_err(self.failed("look how far webhooks are told"))
    }

    async fn list_deliveries(&self, query: &DeliveryQuery, take: i64) -> Result<Vec<DeliveryRecord>> {
        let found = webhooks::deliveries(&mut *self.reader().await?, query, take).await;
        found.map_err(self.failed("list deliveries"))
    }

    async fn find_delivery(&self, id: DeliveryId) -> Result<Option<DeliveryRecord>> {
        let found = webhooks::delivery(&mut *self.reader().await?, id).await;
        found.map_err(self.failed("find a delivery"))
    }

    async fn list_attempts(&self, id: DeliveryId) -> Result<Vec<AttemptRecord>> {
        let found = webhooks::attempts(&mut *self.reader().await?, id).await;
        found.map_err(self.failed("list the attempts of a delivery"))
    }

    async fn find_due_deliveries(&self, now: Timestamp, take: i64) -> Result<Vec<DeliveryRecord>> {
        let found = webhooks::due(&mut *self.reader().await?, now, take).await;
        found.map_err(self.failed("find the deliveries that are due"))
    }

    async fn find_events(&self, ids: &[i64]) -> Result<Vec<EventRecord>> {
        let found = webhooks::events(&mut *self.reader().await?, ids).await;
        found.map_err(self.failed("find the events of deliveries"))
    }

    async fn find_backlog(&self, now: i64, take: i64) -> Result<BacklogRecord> {
        let found = webhooks::backlog(&mut *self.reader().await?, now, take).await;
        found.map_err(self.failed("count the deliveries that wait"))
    }

    async fn load_webhook_state(&self, tx: &mut Tx) -> Result<WebhookStateRecord> {
        let connection = self.connection(tx, "look how far webhooks are told")?;
        let loaded = webhooks::state(connection).await;
        loaded.map_err(self.failed_in(tx, "look how far webhooks are told"))
    }

    async fn load_webhooks(&self, tx: &mut Tx) -> Result<Vec<WebhookRecord>> {
        let connection = self.connection(tx, "load the webhooks")?;
        let loaded = webhooks::list(connection).await;
        loaded.map_err(self.failed_in(tx, "load the webhooks"))
    }

    async fn load_delivery(&self, tx: &mut Tx, id: DeliveryId) -> Result<Option<DeliveryRecord>> {
        let connection = self.connection(tx, "load a delivery")?;
        let loaded = webhooks::delivery(connection, id).await;
        loaded.map_err(self.failed_in(tx, "load a delivery"))
    }

    async fn requeue_deliveries(&self, tx: &mut Tx, which: Requeue) -> Result<Vec<LineRecord>> {
        let connection = self.connection(tx, "replay deliveries")?;
        let loaded = webhooks::requeue(connection, which).await;
        loaded.map_err(self.failed_in(tx, "replay deliveries"))
    }

    async fn prune_deliveries(&self, tx: &mut Tx, finished_before: Timestamp, take: i64) -> Result<u64> {
        let connection = self.connection(tx, "forget deliveries")?;
        let loaded = webhooks::prune(connection, finished_before, take).await;
        loaded.map_err(self.failed_in(tx, "forget deliveries"))
    }
}
