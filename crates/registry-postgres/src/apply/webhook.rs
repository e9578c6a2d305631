//! Changes of webhooks and deliveries.

use registry_core::backend::{KeptWebhook, Line, NewDelivery, WebhookChange};
use registry_core::webhook::{Attempt, AttemptError, Delivery, LeaseHolder, WebhookSecret};
use registry_core::{DeliveryId, Timestamp};
use sqlx::PgConnection;

use crate::decode;

/// Writes one change.
pub(super) async fn change(connection: &mut PgConnection, change: &WebhookChange) -> sqlx::Result<()> {
    match change {
        WebhookChange::Insert(kept) => insert(connection, kept).await,
        WebhookChange::Update(kept) => update(connection, kept).await,
        WebhookChange::Start {
            webhook,
            event,
            first,
        } => {
            sqlx::query_file!("queries/start_webhook.sql", webhook.get(), event.0)
                .execute(&mut *connection)
                .await?;
            if *first {
                move_cursor(connection, event.0).await?;
            }
            Ok(())
        }
        WebhookChange::Delete(webhook) => {
            sqlx::query_file!("queries/delete_webhook.sql", webhook.get())
                .execute(connection)
                .await?;
            Ok(())
        }
        WebhookChange::MoveCursor(event) => move_cursor(connection, event.0).await,
        WebhookChange::SaveLease(lease) => save_lease(connection, *lease).await,
        WebhookChange::InsertDeliveries { deliveries, at } => {
            insert_deliveries(connection, deliveries, *at).await
        }
        WebhookChange::UpdateDelivery(delivery) => update_delivery(connection, delivery).await,
        WebhookChange::InsertAttempt {
            delivery,
            number,
            attempt,
        } => insert_attempt(connection, *delivery, *number, attempt).await,
        WebhookChange::LineUp { lines, at } => line_up(connection, lines, *at).await,
    }
}

async fn insert(connection: &mut PgConnection, kept: &KeptWebhook) -> sqlx::Result<()> {
    let webhook = &kept.webhook;
    let id = webhook.id.get();
    sqlx::query_file!(
        "queries/insert_webhook.sql",
        id,
        webhook.name.as_str(),
        webhook.url.as_str(),
        decode::to_json(&webhook.filter)?,
        webhook.enabled,
        kept.secret.reveal(),
        kept.after.0,
        webhook.created_at.as_micros(),
        webhook.created_by.as_str()
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query_file!("queries/save_last_webhook.sql", id)
        .execute(connection)
        .await?;
    Ok(())
}

async fn update(connection: &mut PgConnection, kept: &KeptWebhook) -> sqlx::Result<()> {
    let webhook = &kept.webhook;
    sqlx::query_file!(
        "queries/update_webhook.sql",
        webhook.id.get(),
        webhook.name.as_str(),
        webhook.url.as_str(),
        decode::to_json(&webhook.filter)?,
        webhook.enabled,
        kept.secret.reveal(),
        kept.old_secret.as_ref().map(WebhookSecret::reveal),
        webhook.old_secret_until.map(Timestamp::as_micros),
        webhook.gone_at.map(Timestamp::as_micros),
        webhook.updated_at.as_micros(),
        webhook.updated_by.as_str()
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn move_cursor(connection: &mut PgConnection, event: i64) -> sqlx::Result<()> {
    sqlx::query_file!("queries/move_webhook_cursor.sql", event)
        .execute(connection)
        .await?;
    Ok(())
}

async fn save_lease(
    connection: &mut PgConnection,
    lease: Option<(LeaseHolder, Timestamp)>,
) -> sqlx::Result<()> {
    let (holder, until) = lease.unzip();
    sqlx::query_file!(
        "queries/save_lease.sql",
        holder.map(|holder| holder.to_string()),
        until.map(Timestamp::as_micros)
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn insert_deliveries(
    connection: &mut PgConnection,
    deliveries: &[NewDelivery],
    at: Timestamp,
) -> sqlx::Result<()> {
    let Some(last) = deliveries.iter().map(|delivery| delivery.id.get()).max() else {
        return Ok(());
    };
    sqlx::query_file!("queries/save_last_delivery.sql", last)
        .execute(&mut *connection)
        .await?;
    let ids: Vec<i64> = deliveries.iter().map(|delivery| delivery.id.get()).collect();
    let (webhooks, lines) = columns(deliveries.iter().map(|delivery| delivery.line));
    let events: Vec<Option<i64>> = deliveries
        .iter()
        .map(|delivery| delivery.event.map(|event| event.0))
        .collect();
    let at = at.as_micros();
    sqlx::query_file!(
        "queries/insert_deliveries.sql",
        &ids,
        &webhooks,
        &lines,
        &events as &[Option<i64>],
        at
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn update_delivery(connection: &mut PgConnection, delivery: &Delivery) -> sqlx::Result<()> {
    sqlx::query_file!(
        "queries/update_delivery.sql",
        delivery.id.get(),
        delivery.status.as_str(),
        i64::from(delivery.attempts),
        i64::from(delivery.failures),
        delivery.next_attempt_at.map(Timestamp::as_micros),
        delivery.last_status.map(i64::from),
        delivery.last_error.as_ref().map(AttemptError::as_str),
        delivery.finished_at.map(Timestamp::as_micros)
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn insert_attempt(
    connection: &mut PgConnection,
    delivery: DeliveryId,
    number: u32,
    attempt: &Attempt,
) -> sqlx::Result<()> {
    sqlx::query_file!(
        "queries/insert_attempt.sql",
        delivery.get(),
        i64::from(number),
        attempt.at.as_micros(),
        i64::try_from(attempt.duration.as_micros()).unwrap_or(i64::MAX),
        attempt.status.map(i64::from),
        attempt.error.as_ref().map(AttemptError::as_str)
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn line_up(connection: &mut PgConnection, lines: &[Line], at: Timestamp) -> sqlx::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let (webhooks, numbers) = columns(lines.iter().copied());
    let at = at.as_micros();
    sqlx::query_file!("queries/hold_deliveries.sql", &webhooks, &numbers)
        .execute(&mut *connection)
        .await?;
    sqlx::query_file!("queries/release_deliveries.sql", &webhooks, &numbers, at)
        .execute(connection)
        .await?;
    Ok(())
}

/// Lines as the columns that a statement takes.
fn columns(lines: impl Iterator<Item = Line>) -> (Vec<i64>, Vec<i64>) {
    lines.map(|line| (line.webhook.get(), line.number)).unzip()
}
