//! What went wrong, as a page.

use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::Response;
use maud::html;

use super::layout::Page;
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

/// The page.
pub(crate) fn failure(problem: &Problem, request_id: &str) -> Response {
    let status = problem.status();
    let title = match status {
        StatusCode::NOT_FOUND => "Not found",
        StatusCode::BAD_REQUEST => "This cannot be read",
        StatusCode::FORBIDDEN => "Not allowed",
        StatusCode::CONFLICT => "This is in the way",
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
        p { a href="/" { "To the models" } }
    };
    let mut response = Page::for_anybody(title).show(&body);
    *response.status_mut() = status;
    response
}
