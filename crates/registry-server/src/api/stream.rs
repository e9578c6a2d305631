//! `/events/stream`: what happens, as it happens, as server-sent events.

mod encoded;

use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use futures::stream::{ReadyChunks, unfold};
use futures::{Stream, StreamExt as _};
use registry_core::{Error, Event, EventId, EventStream};
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::Interval;
use utoipa::IntoParams;

pub(crate) use self::encoded::Encoded;
use super::{By, Shared};
use crate::access::Caller;
use crate::app::App;
use crate::http::answer::Answer;
use crate::http::extract::Parameters;
use crate::http::problem::Problem;
use crate::http::sent::{heartbeat, sent};

/// The event after which a browser goes on by itself.
const LAST_EVENT: HeaderName = HeaderName::from_static("last-event-id");

/// How long a client waits before it comes back, in milliseconds.
const RETRY: &str = "retry: 1000\n\n";

/// The most events that are put into one piece.
const AT_ONCE: usize = 100;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct StreamParameters {
    /// Begin with the events after this one; 0: with the first. Without it: those from now on. `Last-Event-ID` goes first
    #[param(minimum = 0)]
    after: Option<i64>,
    /// End after so many events
    limit: Option<u32>,
}

/// Events as they happen
///
/// Server-sent events: `id` is the event's, `data` the event as in `/api/v1/events`. None is missed and none comes
/// twice; after a lost connection `Last-Event-ID` goes on behind the last one. A token that is limited to names hears of
/// models with such names only.
#[utoipa::path(get, path = "/api/v1/events/stream", tag = "history", operation_id = "stream_events",
    params(StreamParameters, ("Last-Event-ID" = Option<i64>, Header, description = "Begin with the events after this one", minimum = 0)),
    responses((status = 200, body = String, content_type = "text/event-stream")))]
pub(crate) async fn stream(
    State(app): Shared,
    Extension(caller): By,
    headers: HeaderMap,
    Parameters(asked): Parameters<StreamParameters>,
) -> Answer {
    let after = begin(&headers, asked.after)?;
    let place = Arc::clone(&app.streams).try_acquire_owned().map_err(|_| {
        Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "too_many_streams",
            "as many streams of events are open as this server allows",
            "try again later, or ask `/api/v1/events` from time to time",
        )
    })?;
    let events = app.store.watch(after).await?;
    let following = Following {
        events: events.ready_chunks(AT_ONCE),
        beat: heartbeat(app.limits.heartbeat),
        stopping: app.stopping.subscribe(),
        left: asked.limit,
        last: after.unwrap_or(EventId(0)),
        told: after.unwrap_or(EventId(0)),
        caller,
        app,
        ended: false,
        _place: place,
    };
    Ok(sent(following.pieces()))
}

/// The event after which to begin, if one was named.
fn begin(headers: &HeaderMap, after: Option<i64>) -> Result<Option<EventId>, Problem> {
    let wrong = || Problem::bad_request("the id of an event is a whole number from 0");
    let last = match headers.get(LAST_EVENT) {
        Some(last) => Some(
            last.to_str()
                .ok()
                .and_then(|last| last.parse().ok())
                .ok_or_else(wrong)?,
        ),
        None => after,
    };
    match last {
        Some(last) if last < 0 => Err(wrong()),
        last => Ok(last.map(EventId)),
    }
}

/// One who follows the events. Nothing is read from the store until what was read before has been taken, so one who
/// does not read costs the memory of one page of events, and that until the time for writing is over.
struct Following {
    events: ReadyChunks<EventStream>,
    beat: Interval,
    stopping: watch::Receiver<bool>,
    left: Option<u32>,
    /// The last event that was read.
    last: EventId,
    /// The last id that the client was told.
    told: EventId,
    caller: Caller,
    app: Arc<App>,
    ended: bool,
    _place: OwnedSemaphorePermit,
}

impl Following {
    fn pieces(self) -> impl Stream<Item = Result<Bytes, std::io::Error>> {
        let begun = futures::stream::iter([Ok(Bytes::from_static(RETRY.as_bytes()))]);
        begun.chain(unfold(self, async |mut following| {
            let piece = following.next().await?;
            Some((Ok(Bytes::from(piece)), following))
        }))
    }

    /// The next piece; nothing when the stream ends.
    async fn next(&mut self) -> Option<String> {
        while !self.ended && self.left != Some(0) {
            let stopping = async {
                let _ = self.stopping.wait_for(|stopping| *stopping).await;
            };
            tokio::select! {
                biased;
                () = stopping => {
                    self.ended = true;
                    return Some(format!(": the server stops\n{RETRY}"));
                }
                events = self.events.next() => {
                    let text = self.read(events.unwrap_or_default());
                    if !text.is_empty() {
                        return Some(text);
                    }
                }
                _ = self.beat.tick() => return Some(self.heartbeat()),
            }
        }
        None
    }

    /// The events that the caller may see.
    fn read(&mut self, events: Vec<Result<Event, Error>>) -> String {
        self.ended = events.is_empty();
        if !self.app.gate.still_admits(&self.caller) {
            return self.refused();
        }
        let mut text = String::new();
        for event in events {
            if self.left == Some(0) {
                break;
            }
            let event = match event {
                Ok(event) => event,
                Err(error) => {
                    self.ended = true;
                    text.push_str(&failure(error));
                    break;
                }
            };
            self.last = event.id;
            if self.caller.hears_of(&event) {
                self.told = event.id;
                self.left = self.left.map(|left| left - 1);
                text.push_str(&self.app.encoded.text(&event));
            }
        }
        if !text.is_empty() {
            self.beat.reset();
        }
        text
    }

    /// Says that the server is there, and how far it has read where the caller sees only some events.
    fn heartbeat(&mut self) -> String {
        if !self.app.gate.still_admits(&self.caller) {
            return self.refused();
        }
        if self.last == self.told {
            return ":\n\n".to_owned();
        }
        self.told = self.last;
        format!("id: {}\n\n", self.last)
    }

    fn refused(&mut self) -> String {
        self.ended = true;
        ": the token counts no more\n\n".to_owned()
    }
}

/// The code of what broke, as an event of its own kind.
fn failure(error: Error) -> String {
    let problem = Problem::from(error);
    let (code, cause) = (problem.code(), problem.cause().unwrap_or_default());
    tracing::error!(code, cause, "a stream of events broke");
    format!(
        "event: problem\ndata: {}\n\n",
        serde_json::json!({ "code": code })
    )
}
