//! Server-sent events: what their answers share.

use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use futures::Stream;
use tokio::time::{Interval, MissedTickBehavior, interval};

/// An answer of these pieces, without an end.
pub(crate) fn sent(pieces: impl Stream<Item = io::Result<Bytes>> + Send + 'static) -> Response {
    let mut response = Body::from_stream(pieces).into_response();
    let fields = response.headers_mut();
    fields.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/event-stream"),
    );
    // A proxy shall hand on each piece at once.
    fields.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

/// When to say that the server is there, if nothing else is said for so long.
pub(crate) fn heartbeat(every: Duration) -> Interval {
    let mut beat = interval(every);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    beat.reset();
    beat
}
