//! `/live`: tells an open page that something has happened, by server-sent events. It says which event was the last and
//! which models were meant, no more: the page then asks for what it shows anew, so nothing is shown by another way.

use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use futures::stream::{ReadyChunks, unfold};
use futures::{Stream, StreamExt as _};
use maud::{Markup, html};
use registry_core::{Event, EventStream, HistoryQuery, Limit, Result, Timestamp};
use serde_json::json;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::Interval;

use super::session::Session;
use super::{Answer, Looking};
use crate::access::Caller;
use crate::api::Shared;
use crate::app::App;
use crate::http::problem::Problem;
use crate::http::sent::{heartbeat, sent};

/// How long a browser waits before it comes back, in milliseconds.
const RETRY: u32 = 2_000;
/// The most events that one message tells of.
const AT_ONCE: usize = 100;

/// A part of a page that is shown anew from `address` when something happens after the event `after`. Without an address
/// it stays as it is.
pub(super) fn part(address: Option<&str>, after: &str, body: &Markup) -> Markup {
    html! {
        @if let Some(address) = address {
            p #news.unseen role="status" {}
            div #live data-live=(address) data-after=(after) { (body) }
        } @else { (body) }
    }
}

/// The number of the newest event, as the page and the stream compare it; to be asked before what the page shows.
pub(super) async fn newest(app: &App) -> Result<String> {
    let query = HistoryQuery {
        limit: Limit::AtMost(1),
        ..HistoryQuery::default()
    };
    let found = app.store.history(&query).await?;
    Ok(found
        .items
        .first()
        .map_or_else(|| "0".to_owned(), |event| event.id.to_string()))
}

/// Tells of events from now on.
pub(crate) async fn follow(State(app): Shared, Extension(visitor): Looking, headers: HeaderMap) -> Answer {
    of_this_origin(&headers)?;
    let caller = visitor.caller()?.clone();
    let own_place = match &visitor.session {
        Some(session) => Some(session.place().ok_or_else(too_many)?),
        None => None,
    };
    let place = Arc::clone(&app.streams)
        .try_acquire_owned()
        .map_err(|_| too_many())?;
    let events = app.store.watch(None).await?;
    let begun = format!("retry: {RETRY}\nevent: begun\ndata: {}\n\n", newest(&app).await?);
    let following = Following {
        events: events.ready_chunks(AT_ONCE),
        beat: heartbeat(app.limits.heartbeat),
        stopping: app.stopping.subscribe(),
        session: visitor.session,
        caller,
        app,
        ended: false,
        _places: (place, own_place),
    };
    Ok(sent(following.pieces(begun)))
}

/// A browser says from where a request comes. No other site can read the answer, but it could take all places.
fn of_this_origin(headers: &HeaderMap) -> std::result::Result<(), Problem> {
    match headers.get("sec-fetch-site") {
        Some(site) if site != "same-origin" => Err(Problem::new(
            StatusCode::FORBIDDEN,
            "origin_refused",
            "the request does not come from a page of this server",
            "programs use `/api/v1/events/stream`",
        )),
        _ => Ok(()),
    }
}

fn too_many() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "too_many_streams",
        "as many pages and streams of events are open as this server allows",
        "close some, or load the page again from time to time",
    )
}

/// One who follows, until the session ends.
struct Following {
    events: ReadyChunks<EventStream>,
    beat: Interval,
    stopping: watch::Receiver<bool>,
    session: Option<Session>,
    caller: Caller,
    app: Arc<App>,
    ended: bool,
    _places: (OwnedSemaphorePermit, Option<OwnedSemaphorePermit>),
}

impl Following {
    fn pieces(self, begun: String) -> impl Stream<Item = std::io::Result<Bytes>> {
        let begun = futures::stream::iter([Ok(Bytes::from(begun))]);
        begun.chain(unfold(self, async |mut following| {
            let piece = following.next().await?;
            Some((Ok(Bytes::from(piece)), following))
        }))
    }

    /// The next piece; nothing when the stream ends.
    async fn next(&mut self) -> Option<String> {
        if self.ended {
            return None;
        }
        let stopping = async {
            let _ = self.stopping.wait_for(|stopping| *stopping).await;
        };
        let over = async {
            match &mut self.session {
                Some(session) => session.over().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = stopping => {
                self.ended = true;
                Some(": the server stops\n\n".to_owned())
            }
            () = over => Some(self.over()),
            events = self.events.next() => Some(self.tell(&events.unwrap_or_default())),
            _ = self.beat.tick() => Some(if self.counts() { ":\n\n".to_owned() } else { self.over() }),
        }
    }

    /// Whether who was let in would still be.
    fn counts(&self) -> bool {
        let in_time = |session: &Session| !session.is_over(Timestamp::now());
        self.session.as_ref().is_none_or(in_time) && self.app.gate.still_admits(&self.caller)
    }

    fn over(&mut self) -> String {
        self.ended = true;
        "event: over\ndata:\n\n".to_owned()
    }

    fn tell(&mut self, events: &[Result<Event>]) -> String {
        if !self.counts() {
            return self.over();
        }
        let told: Vec<&Event> = events.iter().flatten().collect();
        // The browser comes back and the page is shown anew, so nothing is lost.
        self.ended = told.len() < events.len() || events.is_empty();
        let Some(last) = told.last() else {
            return ":\n\n".to_owned();
        };
        let models: Vec<_> = told
            .iter()
            .filter_map(|event| event.model.as_ref())
            .map(|model| model.id.to_string())
            .collect();
        self.beat.reset();
        let data = json!({ "last": last.id.to_string(), "models": models });
        format!("data: {data}\n\n")
    }
}
