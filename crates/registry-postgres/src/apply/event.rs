//! The history.

use registry_core::{Event, Reason, TagName};
use serde_json::Value;
use sqlx::PgConnection;

pub(super) async fn append(connection: &mut PgConnection, event: &Event) -> sqlx::Result<()> {
    let model = event.model.as_ref();
    let json = |value: &Value| (!value.is_null()).then(|| value.to_string());
    sqlx::query_file!(
        "queries/append_event.sql",
        event.id.0,
        event.at.as_micros(),
        event.kind.as_str(),
        event.actor.as_str(),
        event.reason.as_ref().map(Reason::as_str),
        model.map(|model| model.id.get()),
        model.map(|model| model.name.as_str()),
        model.map(|model| model.version.to_string()),
        event.tag.as_ref().map(TagName::as_str),
        json(&event.before),
        json(&event.after),
        event.previous.map(|previous| previous.0)
    )
    .execute(connection)
    .await?;
    Ok(())
}
