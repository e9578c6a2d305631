//! `/events`: what happened, and what happens next.

use std::time::Duration;

use axum::extract::State;
use axum::http::Uri;
use registry_core::{
    Event, EventId, HistoryQuery, InvalidValue, Limit, ModelId, ModelName, TagName, ValueKind,
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::Shared;
use super::query::limit;
use crate::app::App;
use crate::http::answer::{Answer, json, page};
use crate::http::extract::Parameters;
use crate::http::problem::Problem;
use crate::schema;

/// The longest wait for an event, in seconds.
const MOST_PATIENCE: u64 = 25;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct EventParameters {
    /// Only of this model, deleted ones included
    model_id: Option<i64>,
    /// Only of models of this name
    #[param(inline, value_type = Option<schema::Name>)]
    name: Option<String>,
    /// Only with this tag
    #[param(inline, value_type = Option<schema::Tag>)]
    tag: Option<String>,
    /// How many to a page
    #[param(maximum = 1000)]
    limit: Option<u32>,
    /// Only events before this one: the `next` of the page before
    before: Option<i64>,
    /// Only events after this one, oldest first: the `next` of the answer before. `now`: none, only the `next` to begin
    /// with. Stands alone, but for `limit` and `wait`
    after: Option<String>,
    /// With `after`: where there is no event yet, wait for one, at most so many seconds and 25
    #[param(format = "uint64")]
    wait: Option<u64>,
}

/// What happened, newest first
///
/// With `after`, what came after an event: whoever asks again with each `next` misses no event and gets none twice,
/// whoever writes.
#[utoipa::path(get, path = "/api/v1/events", tag = "history", operation_id = "list_events", params(EventParameters),
    responses((status = 200, body = schema::EventPage, headers(("Link" = String)))))]
pub(crate) async fn list(
    State(app): Shared,
    uri: Uri,
    Parameters(asked): Parameters<EventParameters>,
) -> Answer {
    if let Some(after) = &asked.after {
        let others = asked.model_id.is_some() || asked.name.is_some() || asked.tag.is_some();
        if others || asked.before.is_some() {
            return Err(Problem::bad_request(
                "`after` goes with `limit` and `wait`, and with nothing else",
            ));
        }
        return follow(&app, after, &asked).await;
    }
    if asked.wait.is_some() {
        return Err(Problem::bad_request("`wait` goes with `after`"));
    }
    let query = HistoryQuery {
        model: asked.model_id.map(ModelId::try_from).transpose()?,
        name: asked.name.map(ModelName::parse).transpose()?,
        tag: asked.tag.map(TagName::parse).transpose()?,
        limit: Limit::AtMost(limit(asked.limit, app.limits.page)?),
        before: asked.before.map(EventId),
    };
    let found = app.store.history(&query).await?;
    let next = found.next.map(|next| next.to_string());
    let document = serde_json::json!({ "events": found.items, "next": found.next });
    Ok(page(&document, &uri, "before", next.as_deref()))
}

async fn follow(app: &App, after: &str, asked: &EventParameters) -> Answer {
    let mut feed = app.store.events().await?;
    let (events, next) = if after == "now" {
        (Vec::new(), feed.now().await?)
    } else {
        let last = after.parse().map(EventId).map_err(|_| {
            InvalidValue::new(
                ValueKind::Cursor,
                after,
                "`after` takes the number of an event, or `now`",
            )
        })?;
        let take = i64::from(limit(asked.limit, app.limits.page)?.max(1));
        let mut events = feed.after(last, take).await?;
        if events.is_empty() {
            let wait = Duration::from_secs(asked.wait.unwrap_or_default().min(MOST_PATIENCE));
            let mut stopping = app.stopping.subscribe();
            let stopped = async {
                let _ = stopping.wait_for(|stopping| *stopping).await;
            };
            tokio::select! {
                () = stopped => {}
                () = tokio::time::sleep(wait) => {}
                changed = feed.changed() => {
                    changed?;
                    events = feed.after(last, take).await?;
                }
            }
        }
        let events: Vec<Event> = events.into_iter().collect::<Result<_, _>>()?;
        let next = events.last().map_or(last, |event| event.id);
        (events, next)
    };
    Ok(json(&serde_json::json!({ "events": events, "next": next })))
}
