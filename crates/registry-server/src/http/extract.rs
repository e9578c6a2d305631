//! Reading requests: path, query, body. What cannot be read is a problem with a code.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;

use super::problem::Problem;

/// The type of JSON.
pub(crate) const JSON: &str = "application/json";
/// The type of lines of JSON.
pub(crate) const NDJSON: &str = "application/x-ndjson";

/// The variable segments of the path, decoded.
pub(crate) struct Segments<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Segments<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let segments = Path::<T>::from_request_parts(parts, state).await;
        segments
            .map(|Path(segments)| Self(segments))
            .map_err(|error| Problem::bad_request(format!("the path cannot be read: {}", error.body_text())))
    }
}

/// The parameters behind `?`. An unknown one is refused: a rehearsal with a slip of the pen must not be a write.
pub(crate) struct Parameters<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Parameters<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        serde_urlencoded::from_str(query)
            .map(Self)
            .map_err(|error| Problem::bad_request(format!("the parameters cannot be read: {error}")))
    }
}

/// A body of JSON as its text, so that numbers keep their digits.
pub(crate) struct JsonText(pub(crate) String);

impl<S: Send + Sync> FromRequest<S> for JsonText {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        expect_type(request.headers(), JSON)?;
        let bytes = body(request, state).await?;
        String::from_utf8(bytes.into())
            .map(Self)
            .map_err(|_| Problem::bad_request("the body is not UTF-8"))
    }
}

/// A body of JSON as a value.
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let JsonText(text) = JsonText::from_request(request, state).await?;
        serde_json::from_str(&text)
            .map(Self)
            .map_err(|error| Problem::bad_request(format!("the body cannot be read: {error}")))
    }
}

/// A body of lines of JSON.
pub(crate) struct JsonLines(pub(crate) Bytes);

impl<S: Send + Sync> FromRequest<S> for JsonLines {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        expect_type(request.headers(), NDJSON)?;
        Ok(Self(body(request, state).await?))
    }
}

async fn body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    Bytes::from_request(request, state).await.map_err(|error| {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
            return Problem::body_too_large();
        }
        Problem::bad_request("the body could not be received")
    })
}

/// A type that a page of another origin cannot send without asking first, so none is taken for granted.
fn expect_type(headers: &HeaderMap, wanted: &'static str) -> Result<(), Problem> {
    let given = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let given = given.map(|value| value.split(';').next().unwrap_or_default().trim());
    if given.is_some_and(|given| given.eq_ignore_ascii_case(wanted)) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported_media_type",
        "the type of the body is not the one that is read here",
        format!("send it with `Content-Type: {wanted}`"),
    ))
}

/// Whether the caller asks for lines of JSON.
pub(crate) fn wants_lines(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter();
    accepted
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|kind| {
            let kind = kind.split(';').next().unwrap_or_default();
            kind.trim().eq_ignore_ascii_case(NDJSON)
        })
}
