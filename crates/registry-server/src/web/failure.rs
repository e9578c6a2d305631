//! What went wrong, as a page.

use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::Response;
use maud::html;

use super::guard::Visitor;
use super::layout::Page;
use crate::app::App;
use crate::http::problem::Problem;
use crate::routes::PAGES;

/// Whether an answer is for a person: of a page, or of no route when a browser asks.
pub(crate) fn is_page(route: &str, uri: &Uri, headers: &HeaderMap) -> bool {
    if PAGES.iter().any(|page| page.path == route) {
        return true;
    }
    let mut accepted = headers.get_all(header::ACCEPT).iter();
    route == "none"
        && !uri.path().starts_with("/api/")
        && accepted.any(|value| value.to_str().is_ok_and(|value| value.contains("text/html")))
}

/// The page, with what every page has for whoever has sent these headers; without headers it is for anybody.
pub(crate) fn failure(
    app: &App,
    headers: Option<&HeaderMap>,
    problem: &Problem,
    request_id: &str,
) -> Response {
    let visitor = headers.and_then(|headers| Visitor::of(app, headers));
    let status = problem.status();
    let title = match status {
        StatusCode::NOT_FOUND => "Not found",
        StatusCode::UNAUTHORIZED => "Not logged in",
        StatusCode::BAD_REQUEST => "This cannot be read",
        StatusCode::FORBIDDEN => "Not allowed",
        StatusCode::CONFLICT => "This is in the way",
        StatusCode::PRECONDITION_FAILED => "This was changed meanwhile",
        status if status.is_client_error() => "This was refused",
        _ => "The server could not do this",
    };
    let body = html! {
        h1 { (title) }
        div.notice.bad role="alert" {
            pre.message { (problem.message()) }
        }
        p { (problem.hint()) }
        p.quiet { (status.as_u16()) " · " code { (problem.code()) } " · request " code { (request_id) } }
        p {
            @if status == StatusCode::UNAUTHORIZED { a href="/login" { "Log in" } " · " }
            a href="/" { "To the models" }
        }
    };
    let page = match &visitor {
        Some(visitor) => Page::new(title, visitor),
        None => Page::for_anybody(title),
    };
    let mut response = page.show(&body);
    *response.status_mut() = status;
    response
}
