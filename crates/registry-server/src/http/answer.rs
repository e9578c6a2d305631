//! Answers: JSON, revisions, links to the next page.

use std::cell::RefCell;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use registry_core::{Revision, WriteContext};
use serde::Serialize;

use super::extract::JSON;
use super::problem::Problem;

/// What a handler answers.
pub(crate) type Answer = Result<Response, Problem>;

/// What a thread keeps of its room for writing JSON, in bytes.
const ROOM: usize = 256 << 10;

thread_local! {
    /// Where documents are written, so that none needs room that grows: a page of models would double it eight times.
    static WRITTEN: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// A document of JSON, ready to be sent. Cheap to clone; clones share its bytes.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    bytes: Bytes,
    link: Option<HeaderValue>,
}

impl Document {
    pub(crate) fn of(value: &impl Serialize) -> Result<Self, Problem> {
        let bytes = bytes(value)?;
        Ok(Self { bytes, link: None })
    }

    /// With a `Link` to the next page, if there is one: the same request with `parameter` set to the place.
    pub(crate) fn before(mut self, uri: &Uri, parameter: &str, next: Option<&str>) -> Self {
        let Some(next) = next else { return self };
        let query = uri.query().unwrap_or_default();
        let mut pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
        pairs.retain(|(name, _)| name != parameter);
        pairs.push((parameter.to_owned(), next.to_owned()));
        let query = serde_urlencoded::to_string(&pairs).unwrap_or_default();
        let link = format!("<{}?{query}>; rel=\"next\"", uri.path());
        self.link = HeaderValue::from_str(&link).ok();
        self
    }

    /// How many bytes it has.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len() + self.link.as_ref().map_or(0, HeaderValue::len)
    }
}

impl IntoResponse for Document {
    fn into_response(self) -> Response {
        let mut response = ([(header::CONTENT_TYPE, JSON)], Body::from(self.bytes)).into_response();
        if let Some(link) = self.link {
            response.headers_mut().insert(header::LINK, link);
        }
        response
    }
}

/// A value as JSON.
pub(crate) fn json(value: &impl Serialize) -> Response {
    Document::of(value).into_response()
}

fn bytes(value: &impl Serialize) -> Result<Bytes, Problem> {
    WRITTEN.with_borrow_mut(|room| {
        room.clear();
        let written = serde_json::to_writer(&mut *room, value);
        let bytes = written.map(|()| Bytes::copy_from_slice(room));
        if room.capacity() > ROOM {
            *room = Vec::new();
        }
        bytes.map_err(|error| Problem::bad_request("the answer cannot be written").private(error.to_string()))
    })
}

/// The answer of a write; a rehearsal says so.
#[derive(Serialize)]
pub(crate) struct Written<T> {
    #[serde(flatten)]
    pub(crate) answer: T,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) dry_run: bool,
}

/// A write's answer as JSON.
pub(crate) fn written(answer: impl Serialize, dry_run: bool) -> Response {
    json(&Written { answer, dry_run })
}

/// What a write has left, with the revision that the next write may expect: that of what is there, so not after a
/// rehearsal, nor where it was written before and is answered again.
pub(crate) fn changed(document: impl Serialize, revision: Revision, context: &WriteContext) -> Response {
    let mut response = written(document, context.dry_run);
    if !context.dry_run && !context.is_replayed() {
        put(&mut response, header::ETAG, &format!("W/\"{revision}\""));
    }
    response
}

/// A resource with a revision, or only that the caller has it already. The revision is made from the content, and a
/// weak one: the same content may come compressed.
pub(crate) fn revised(value: &impl Serialize, headers: &HeaderMap) -> Answer {
    let body = bytes(value)?;
    let tag = format!("W/\"{}\"", Revision::of_json(&body));
    let mut response = if knows(headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, JSON)], Body::from(body)).into_response()
    };
    put(&mut response, header::ETAG, &tag);
    put(&mut response, header::CACHE_CONTROL, "private, no-cache");
    Ok(response)
}

fn knows(headers: &HeaderMap, tag: &str) -> bool {
    let given = headers.get_all(header::IF_NONE_MATCH).iter();
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    given
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|known| known.trim() == "*" || opaque(known) == opaque(tag))
}

/// A page with a `Link` to the next one, if there is one.
pub(crate) fn page(value: &impl Serialize, uri: &Uri, parameter: &str, next: Option<&str>) -> Response {
    let page = Document::of(value).map(|page| page.before(uri, parameter, next));
    page.into_response()
}

/// Sets a header, where the value can be one.
pub(crate) fn put(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
