//! Webhooks, and what became of their messages.

use std::fmt::Write as _;

use registry_core::EventKind;
use registry_core::webhook::{
    Attempt, Delivery, DeliveryDetail, DeliveryStatus, LastDelivery, Webhook, WebhookFilter, WebhookStanding,
};

use super::grid::{Column, Grid, LongTable};
use super::text::plain;
use super::{Screen, number, time};

/// Every webhook, with how its deliveries are.
pub fn webhooks(standings: &[WebhookStanding], screen: &Screen) -> String {
    if standings.is_empty() {
        return "No webhooks found.\n".to_owned();
    }
    let mut grid = Grid::new(vec![
        Column::fixed("ID").right(),
        Column::text("Name"),
        Column::text("URL"),
        Column::text("Told of"),
        Column::fixed("State"),
        Column::fixed("Waiting").right(),
        Column::fixed("Given up").right(),
        Column::text("Last"),
    ]);
    for standing in standings {
        let webhook = &standing.webhook;
        let row = [
            webhook.id.to_string(),
            plain(webhook.name.as_str(), screen),
            plain(webhook.url.as_str(), screen),
            plain(&told_of(&webhook.filter), screen),
            short_state(webhook).to_owned(),
            number::counted(standing.pending),
            number::counted(standing.dead),
            plain(&standing.last.as_ref().map(became).unwrap_or_default(), screen),
        ];
        grid.row(row.into_iter().map(Into::into).collect());
    }
    grid.render(screen)
}

/// `delivered`, or `given up: the receiver answered 500`.
fn became(last: &LastDelivery) -> String {
    let word = last.status.in_words();
    match (&last.last_error, last.status) {
        (Some(error), DeliveryStatus::Pending | DeliveryStatus::Dead) => format!("{word}: {error}"),
        _ => word.to_owned(),
    }
}

/// One webhook.
pub fn webhook(webhook: &Webhook, screen: &Screen) -> String {
    let mut lines = vec![
        ("URL:", webhook.url.to_string()),
        ("Told of:", told_of(&webhook.filter)),
        ("State:", state(webhook, screen)),
        (
            "Made:",
            format!(
                "{} by {}",
                time::moment(webhook.created_at, screen),
                webhook.created_by
            ),
        ),
    ];
    if webhook.updated_at != webhook.created_at {
        let at = time::moment(webhook.updated_at, screen);
        lines.push(("Changed:", format!("{at} by {}", webhook.updated_by)));
    }
    if let Some(until) = webhook.old_secret_until {
        let until = time::moment(until, screen);
        lines.push(("Signed:", format!("with the secret before too until {until}")));
    }
    let mut text = plain(&format!("webhook {} (id {})", webhook.name, webhook.id), screen) + "\n";
    for (title, value) in lines {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "  {title:<9}{}", plain(&value, screen));
    }
    text
}

/// The next part of a table of deliveries.
pub fn deliveries(table: &mut LongTable, deliveries: &[Delivery], screen: &Screen) -> String {
    let mut grid = Grid::new(vec![
        Column::fixed("Delivery").right(),
        Column::fixed("Webhook").right(),
        Column::fixed(time::heading("Made", screen)),
        Column::text("What"),
        Column::fixed("Status"),
        Column::fixed("Attempts").right(),
        Column::text("Last"),
    ]);
    for delivery in deliveries {
        let row = [
            delivery.id.to_string(),
            delivery.webhook.to_string(),
            time::second(delivery.created_at, screen),
            plain(&what(delivery), screen),
            delivery.status.in_words().to_owned(),
            delivery.attempts.to_string(),
            plain(&last(delivery), screen),
        ];
        grid.row(row.into_iter().map(Into::into).collect());
    }
    table.part(&grid, screen)
}

/// One delivery of a webhook with its attempts.
pub fn delivery(detail: &DeliveryDetail, webhook: &Webhook, screen: &Screen) -> String {
    let delivery = &detail.delivery;
    let mut text = plain(
        &format!(
            "delivery {} of webhook {}: {}",
            delivery.id,
            delivery.webhook,
            what(delivery)
        ),
        screen,
    );
    let _ = writeln!(
        text,
        "\n  Status: {}",
        plain(&progress(delivery, webhook, screen), screen)
    );
    if detail.history.is_empty() {
        text.push_str("  It was not tried yet.\n");
        return text;
    }
    text.push('\n');
    let mut grid = Grid::new(vec![
        Column::fixed(time::heading("When", screen)),
        Column::fixed("Took").right(),
        Column::text("Answer"),
    ]);
    for attempt in &detail.history {
        let row = [
            time::second(attempt.at, screen),
            format!("{:>6} ms", attempt.duration.as_millis()),
            plain(&answer(attempt), screen),
        ];
        grid.row(row.into_iter().map(Into::into).collect());
    }
    text + &grid.render(screen)
}

/// How far it is, and what happens next.
fn progress(delivery: &Delivery, webhook: &Webhook, screen: &Screen) -> String {
    let word = delivery.status.in_words();
    match (delivery.status, delivery.next_attempt_at) {
        (DeliveryStatus::Pending, _) if !webhook.enabled => {
            format!("{word} until webhook {} is turned on", webhook.name)
        }
        (DeliveryStatus::Pending, Some(at)) => format!("{word}, tried next {}", time::moment(at, screen)),
        (DeliveryStatus::Pending, None) => format!("{word} behind another one"),
        (DeliveryStatus::Delivered | DeliveryStatus::Dead, _) => word.to_owned(),
    }
}

/// `promoted, retired; names team-a/*; tags production`.
fn told_of(filter: &WebhookFilter) -> String {
    let kinds: Vec<&str> = filter
        .kinds()
        .iter()
        .map(|kind| EventKind::as_str(*kind))
        .collect();
    let names: Vec<&str> = filter.names().collect();
    let tags: Vec<&str> = filter.tags().collect();
    let mut parts = Vec::new();
    if !kinds.is_empty() {
        parts.push(kinds.join(", "));
    }
    if !names.is_empty() {
        parts.push(format!("names {}", names.join(", ")));
    }
    if !tags.is_empty() {
        parts.push(format!("tags {}", tags.join(", ")));
    }
    if parts.is_empty() {
        return "every event".to_owned();
    }
    parts.join("; ")
}

fn short_state(webhook: &Webhook) -> &'static str {
    match (webhook.enabled, webhook.gone_at) {
        (true, _) => "on",
        (false, None) => "off",
        (false, Some(_)) => "gone",
    }
}

fn state(webhook: &Webhook, screen: &Screen) -> String {
    match webhook.gone_at {
        None => short_state(webhook).to_owned(),
        Some(at) => format!(
            "off: the receiver answered {} that it is gone (410)",
            time::moment(at, screen)
        ),
    }
}

/// `promoted gpt-small@1.0.0 (id 1), production`.
fn what(delivery: &Delivery) -> String {
    let Some(kind) = delivery.kind else {
        return "test".to_owned();
    };
    let mut text = kind.to_string();
    if let Some(model) = &delivery.model {
        let _ = write!(text, " {model}");
    }
    if let Some(tag) = &delivery.tag {
        let _ = write!(text, ", {tag}");
    }
    text
}

fn last(delivery: &Delivery) -> String {
    match (&delivery.last_error, delivery.last_status) {
        (Some(error), _) => error.to_string(),
        (None, Some(status)) => format!("answered {status}"),
        (None, None) => String::new(),
    }
}

fn answer(attempt: &Attempt) -> String {
    match (&attempt.error, attempt.status) {
        (Some(error), _) => error.to_string(),
        (None, Some(status)) => format!("the receiver answered {status}"),
        (None, None) => "no answer".to_owned(),
    }
}
