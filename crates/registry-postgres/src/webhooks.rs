//! Webhooks and their deliveries: what is read.

use registry_core::backend::Requeue;
use registry_core::record::{
    AttemptRecord, BacklogRecord, DeliveryRecord, EventRecord, LineRecord, StandingRecord, WebhookRecord,
    WebhookStateRecord,
};
use registry_core::webhook::{DeliveryQuery, DeliveryStatus};
use registry_core::{DeliveryId, Timestamp, WebhookId};
use sqlx::PgConnection;

pub(crate) async fn list(connection: &mut PgConnection) -> sqlx::Result<Vec<WebhookRecord>> {
    sqlx::query_file_as!(WebhookRecord, "queries/list_webhooks.sql")
        .fetch_all(connection)
        .await
}

/// How the deliveries of each webhook are.
pub(crate) async fn standings(
    connection: &mut PgConnection,
    take: i64,
    newest: i64,
) -> sqlx::Result<Vec<StandingRecord>> {
    sqlx::query_file_as!(StandingRecord, "queries/list_standings.sql", take, newest)
        .fetch_all(connection)
        .await
}

pub(crate) async fn state(connection: &mut PgConnection) -> sqlx::Result<WebhookStateRecord> {
    sqlx::query_file_as!(WebhookStateRecord, "queries/find_webhook_state.sql")
        .fetch_one(connection)
        .await
}

/// A page of deliveries. Each sort of question has its index.
pub(crate) async fn deliveries(
    connection: &mut PgConnection,
    query: &DeliveryQuery,
    take: i64,
) -> sqlx::Result<Vec<DeliveryRecord>> {
    let before = query.before.map_or(i64::MAX, DeliveryId::get);
    let status = query.status.map(DeliveryStatus::as_str);
    match (query.webhook.map(WebhookId::get), status) {
        (None, None) => {
            sqlx::query_file_as!(DeliveryRecord, "queries/list_deliveries.sql", before, take)
                .fetch_all(connection)
                .await
        }
        (Some(webhook), None) => {
            sqlx::query_file_as!(
                DeliveryRecord,
                "queries/list_deliveries_of_webhook.sql",
                webhook,
                before,
                take
            )
            .fetch_all(connection)
            .await
        }
        (None, Some(status)) => {
            sqlx::query_file_as!(
                DeliveryRecord,
                "queries/list_deliveries_with_status.sql",
                status,
                before,
                take
            )
            .fetch_all(connection)
            .await
        }
        (Some(webhook), Some(status)) => {
            sqlx::query_file_as!(
                DeliveryRecord,
                "queries/list_deliveries_of_webhook_with_status.sql",
                webhook,
                status,
                before,
                take
            )
            .fetch_all(connection)
            .await
        }
    }
}

pub(crate) async fn delivery(
    connection: &mut PgConnection,
    id: DeliveryId,
) -> sqlx::Result<Option<DeliveryRecord>> {
    let id = id.get();
    sqlx::query_file_as!(DeliveryRecord, "queries/find_delivery.sql", id)
        .fetch_optional(connection)
        .await
}

pub(crate) async fn attempts(
    connection: &mut PgConnection,
    id: DeliveryId,
) -> sqlx::Result<Vec<AttemptRecord>> {
    let id = id.get();
    sqlx::query_file_as!(AttemptRecord, "queries/list_attempts.sql", id)
        .fetch_all(connection)
        .await
}

pub(crate) async fn due(
    connection: &mut PgConnection,
    now: Timestamp,
    take: i64,
) -> sqlx::Result<Vec<DeliveryRecord>> {
    let now = now.as_micros();
    sqlx::query_file_as!(DeliveryRecord, "queries/find_due_deliveries.sql", now, take)
        .fetch_all(connection)
        .await
}

pub(crate) async fn events(connection: &mut PgConnection, ids: &[i64]) -> sqlx::Result<Vec<EventRecord>> {
    sqlx::query_file_as!(EventRecord, "queries/find_events.sql", ids)
        .fetch_all(connection)
        .await
}

pub(crate) async fn backlog(
    connection: &mut PgConnection,
    now: i64,
    take: i64,
) -> sqlx::Result<BacklogRecord> {
    sqlx::query_file_as!(BacklogRecord, "queries/find_backlog.sql", now, take)
        .fetch_one(connection)
        .await
}

/// Has deliveries wait again, and says where they stand.
pub(crate) async fn requeue(connection: &mut PgConnection, which: Requeue) -> sqlx::Result<Vec<LineRecord>> {
    match which {
        Requeue::Delivery(id) => {
            sqlx::query_file_as!(LineRecord, "queries/requeue_delivery.sql", id.get())
                .fetch_all(connection)
                .await
        }
        Requeue::Dead(webhook) => {
            sqlx::query_file_as!(LineRecord, "queries/requeue_dead_deliveries.sql", webhook.get())
                .fetch_all(connection)
                .await
        }
        Requeue::Since(webhook, since) => {
            let (webhook, since) = (webhook.get(), since.as_micros());
            sqlx::query_file_as!(LineRecord, "queries/requeue_deliveries_since.sql", webhook, since)
                .fetch_all(connection)
                .await
        }
    }
}

pub(crate) async fn prune(
    connection: &mut PgConnection,
    finished_before: Timestamp,
    take: i64,
) -> sqlx::Result<u64> {
    let before = finished_before.as_micros();
    let pruned = sqlx::query_file!("queries/prune_deliveries.sql", before, take)
        .execute(connection)
        .await?;
    Ok(pruned.rows_affected())
}
