//! What happens around every request: its id, its time, its metrics, its line in the log.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::answer::put;
use super::problem::{Problem, Told};
use crate::app::App;

/// The header of a request's id, in requests and answers.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that a caller may choose.
const MAX_ID: usize = 64;

/// The outermost layer.
pub(crate) async fn around(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let start = Instant::now();
    let id = request_id(&request).unwrap_or_else(|| app.next_request_id());
    let method = request.method().clone();
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let route = matched.as_ref().map_or("none", MatchedPath::as_str);
    let is_page = crate::web::is_page(route, request.uri(), request.headers());
    let _running = app.metrics.running();
    let span = app.traces.get().map(|traces| traces.begin(&request, route, &id));
    let mut looking = None;
    let mut response = match app.hosts.check(request.uri(), request.headers()) {
        Ok(()) => {
            looking = is_page.then(|| request.headers().clone());
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    };
    let told = response.extensions_mut().remove::<Told>();
    let problem = response.extensions_mut().remove::<Problem>();
    let met = problem.as_ref().or(told.as_ref().map(|Told(problem)| problem));
    let code = met.map(|problem| problem.code().to_owned());
    let cause = met.and_then(Problem::cause).map(str::to_owned);
    if let Some(code) = &code {
        app.metrics.problem(code);
    }
    if let Some(problem) = problem {
        response = if is_page {
            crate::web::failure(&app, looking.as_ref(), &problem, &id)
        } else {
            problem.render(&id)
        };
    }
    put(&mut response, REQUEST_ID, &id);
    harden(&mut response);
    let status = response.status();
    let time = start.elapsed();
    app.metrics.answered(&method, route, status, time);
    if let Some(span) = span {
        span.end(status, code.as_deref());
    }
    let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    let status = status.as_u16();
    if let Some(cause) = cause {
        tracing::error!(%method, route, status, micros, id, code, cause, "failed");
    } else {
        tracing::info!(%method, route, status, micros, id, code, "answered");
    }
    response
}

/// Answers are data: no browser shall guess another type, show them in a frame, or keep them.
fn harden(response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(
            "default-src 'none'; frame-ancestors 'none'",
        ));
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
}

/// Whoever has spoken TLS with this server shall not speak to it without.
pub(crate) async fn strict(mut response: Response) -> Response {
    put(
        &mut response,
        header::STRICT_TRANSPORT_SECURITY,
        "max-age=31536000",
    );
    response
}

/// The id that the caller chose, if it can stand in a log.
fn request_id(request: &Request) -> Option<String> {
    let id = request.headers().get(REQUEST_ID)?.to_str().ok()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (!id.is_empty() && id.len() <= MAX_ID && id.bytes().all(plain)).then(|| id.to_owned())
}

fn is_bulk(request: &Request) -> bool {
    let path = request.extensions().get::<MatchedPath>();
    path.is_some_and(|path| path.as_str() == crate::routes::BULK)
}

/// Refuses a body that says itself that it is too large, before any of it is read. One that doesn't is counted as it
/// comes.
pub(crate) async fn in_size(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let limit = if is_bulk(&request) {
        app.limits.bulk_body
    } else {
        app.limits.body
    };
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length: Option<usize> = length.and_then(|length| length.to_str().ok()?.parse().ok());
    if length.is_some_and(|length| length > limit) {
        return Problem::body_too_large().into_response();
    }
    next.run(request).await
}

/// Answers when the time is over. What was begun may still happen: a commit cannot be called back.
pub(crate) async fn in_time(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let limit = if is_bulk(&request) {
        app.limits.bulk_time
    } else {
        app.limits.time
    };
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(
            StatusCode::GATEWAY_TIMEOUT,
            "request_timeout",
            "the request took longer than this server allows; a write may still have happened",
            "a write with an `Idempotency-Key` can be sent again as it is; else look at the history first; ask for less at a time",
        )
        .into_response(),
    }
}

/// Nothing lives at this path.
pub(crate) async fn no_route() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "route_not_found",
        "there is nothing at this path",
        "`/api/v1/openapi.json` lists every path; write `/` within a name as `%2F`",
    )
}

/// The path is known, the method is not.
pub(crate) async fn no_method() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "this path has no such method",
        "`/api/v1/openapi.json` lists every path with its methods",
    )
}
