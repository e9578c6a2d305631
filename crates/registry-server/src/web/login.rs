//! Logging in with a token, and out.

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use registry_core::Timestamp;
use serde::Deserialize;

use super::form::{Posted, csrf};
use super::guard::{Visitor, by_tls};
use super::layout::Page;
use super::{Answer, Looking};
use crate::access::{Gate, token_of};
use crate::api::Shared;
use crate::http::extract::Parameters;
use crate::http::problem::Problem;

#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    /// Where to go then.
    next: Option<String>,
}

/// Shows the form.
pub(crate) async fn show(
    State(app): Shared,
    Extension(visitor): Looking,
    Parameters(wanted): Parameters<Wanted>,
) -> Response {
    if matches!(app.gate, Gate::Open(_)) {
        return Redirect::to("/").into_response();
    }
    page(&visitor, wanted.next.as_deref(), None)
}

#[derive(Deserialize)]
pub(crate) struct Login {
    #[serde(default)]
    token: String,
    next: Option<String>,
}

/// Takes the token and opens a session.
pub(crate) async fn enter(
    State(app): Shared,
    Extension(visitor): Looking,
    headers: HeaderMap,
    Posted(login): Posted<Login>,
) -> Answer {
    let Gate::Tokens(file) = &app.gate else {
        return Ok(Redirect::to("/").into_response());
    };
    let token = match token_of(file, login.token.trim()) {
        Ok(token) => token,
        Err(problem) if problem.status().is_client_error() => {
            tracing::info!(code = problem.code(), "a login was refused");
            let mut response = page(&visitor, login.next.as_deref(), Some(&problem));
            *response.status_mut() = StatusCode::FORBIDDEN;
            return Ok(response);
        }
        Err(problem) => return Err(problem),
    };
    // A session that was there before must not go on under another token.
    let _ = app.sessions.leave(&headers, by_tls(&headers));
    let cookie = app
        .sessions
        .enter(token.sha256, Timestamp::now(), by_tls(&headers));
    let cookie = cookie.map_err(|error| failed(&error))?;
    let next = Redirect::to(local(login.next.as_deref()));
    Ok(([(header::SET_COOKIE, cookie)], next).into_response())
}

#[derive(Deserialize)]
pub(crate) struct Nothing {}

/// Ends the session.
pub(crate) async fn leave(
    State(app): Shared,
    headers: HeaderMap,
    Posted(Nothing {}): Posted<Nothing>,
) -> Answer {
    let cookie = app.sessions.leave(&headers, by_tls(&headers));
    let cookie = cookie.map_err(|error| failed(&error))?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/login")).into_response())
}

fn failed(error: &std::io::Error) -> Problem {
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "session_failed",
        "the server could not open a session",
        "tell who runs the server",
    )
    .private(error.to_string())
}

/// A place on this server, or the first page: a link must not lead to another site by way of the login.
fn local(next: Option<&str>) -> &str {
    let plain = |text: &&str| {
        text.starts_with('/')
            && !text.starts_with("//")
            && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
    };
    next.filter(plain).unwrap_or("/")
}

fn page(visitor: &Visitor, next: Option<&str>, problem: Option<&Problem>) -> Response {
    Page::new("Log in", visitor).show(&form(visitor, next, problem))
}

fn form(visitor: &Visitor, next: Option<&str>, problem: Option<&Problem>) -> Markup {
    html! {
        h1 { "Log in" }
        @if let Some(problem) = problem {
            div.notice.bad role="alert" { p { (problem.message()) "." } }
        }
        form.stacked method="post" action="/login" {
            (csrf(visitor))
            @if let Some(next) = next { input type="hidden" name="next" value=(next); }
            label for="token" { "Token" }
            input #token type="password" name="token" required autocomplete="current-password" spellcheck="false"
                placeholder="mrt_…" autofocus aria-describedby="token-help";
            p #token-help.quiet {
                "Ask an admin of the registry for one. Where the server runs, "
                code { "registry-cli token create" } " makes it."
            }
            button type="submit" { "Log in" }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn a_login_leads_to_this_server_only() {
        for (next, place) in [
            ("/models/1", "/models/1"),
            ("/?where=a%20%3D%201", "/?where=a%20%3D%201"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("https://evil.example", "/"),
            ("/a\r\nb: c", "/"),
            ("/\t/evil.example", "/"),
            ("", "/"),
        ] {
            assert_eq!(local(Some(next)), place, "{next:?}");
        }
    }
}
