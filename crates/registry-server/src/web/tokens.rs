//! `/tokens`: who may use the server. Admins make tokens, which are shown once, and take them back.

mod form;

use std::collections::BTreeMap;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect};
use maud::{Markup, html};
use registry_core::{TagName, Timestamp};
use serde::Deserialize;

use self::form::{Filled, form};
use super::form::{Mistake, Posted, csrf, told};
use super::guard::Visitor;
use super::layout::Page;
use super::parts::{cut, time, with};
use super::{Answer, Looking};
use crate::access::{NewToken, Secret, TokenRecord, TokenState, unreadable};
use crate::api::Shared;
use crate::app::App;
use crate::http::extract::Parameters;
use crate::http::problem::Problem;

/// How many tokens the page shows.
const TOKENS: usize = 60;
/// How much of a text a cell shows.
const CHARACTERS: usize = 60;

/// Shows the page.
pub(crate) async fn show(State(app): Shared, Extension(visitor): Looking) -> Answer {
    let file = app.gate.file()?;
    let tokens = file.list().map_err(|error| unreadable(&error))?;
    let body = html! {
        h1 { "Tokens" }
        (table(&tokens, &file.last_used_or_noted()))
        section aria-labelledby="new" {
            h2 #new { "Make a token" }
            (form(&visitor, tokens.len(), &Filled::default(), Mistake(None)))
        }
    };
    Ok(Page::new("Tokens", &visitor).at("/tokens").show(&body))
}

fn word(state: TokenState) -> &'static str {
    match state {
        TokenState::Valid => "valid",
        TokenState::Expired => "expired",
        TokenState::Revoked => "revoked",
    }
}

/// The tokens that count first, of each kind the newest first.
fn table(tokens: &[TokenRecord], last_used: &BTreeMap<String, Timestamp>) -> Markup {
    let now = Timestamp::now();
    let mut sorted: Vec<&TokenRecord> = tokens.iter().rev().collect();
    sorted.sort_by_key(|token| token.state(now) != TokenState::Valid);
    html! {
        div.wide tabindex="0" role="region" aria-label="Tokens" {
            table.cards {
                thead { tr { @for heading in ["Owner", "Roles", "Limits", "Made", "Last used", "Expires", "State", "Id"] { th scope="col" { (heading) } } } }
                tbody {
                    @for token in sorted.iter().take(TOKENS) { (row(token, last_used.get(&token.id), now)) }
                    @if tokens.is_empty() { tr { td colspan="8" { "There are none." } } }
                }
            }
        }
        @if sorted.len() > TOKENS {
            p.quiet { "And " (sorted.len() - TOKENS) " more: " code { "registry-cli token list" } " shows all." }
        }
    }
}

fn row(token: &TokenRecord, last_used: Option<&Timestamp>, now: Timestamp) -> Markup {
    let state = token.state(now);
    html! {
        tr {
            th scope="row" { (cut(token.name.as_str(), CHARACTERS)) }
            td data-label="Roles" { (roles(token)) }
            td data-label="Limits" { (limits(token)) }
            td data-label="Made" { (time(token.created_at)) }
            td data-label="Last used" { @match last_used { Some(at) => { (time(*at)) } None => { span.quiet { "never" } } } }
            td data-label="Expires" { @match token.expires_at { Some(at) => { (time(at)) } None => { span.quiet { "never" } } } }
            td data-label="State" {
                (word(state))
                @if state == TokenState::Valid {
                    " " a href=(with("/tokens/revoke", &[("id", Some(&token.id))]))
                        aria-label={ "Revoke token " (token.id) " of " (cut(token.name.as_str(), CHARACTERS)) } { "Revoke…" }
                }
            }
            td data-label="Id" { code { (token.id) } }
        }
    }
}

fn roles(token: &TokenRecord) -> String {
    let roles: Vec<&str> = token.roles.iter().map(|role| role.as_str()).collect();
    roles.join(", ")
}

fn limits(token: &TokenRecord) -> Markup {
    html! {
        @if let Some(names) = &token.names { "names " code { (cut(names, CHARACTERS)) } " " }
        @if let Some(tags) = &token.tags {
            @let tags: Vec<&str> = tags.iter().map(TagName::as_str).collect();
            "tags " code { (cut(&tags.join(", "), CHARACTERS)) }
        }
        @if token.names.is_none() && token.tags.is_none() { span.quiet { "none" } }
    }
}

/// Makes a token and shows it. A form that is sent once more makes no second one: it knows of one token less.
pub(crate) async fn create(
    State(app): Shared,
    Extension(visitor): Looking,
    Posted(fields): Posted<Vec<(String, String)>>,
) -> Answer {
    let file = app.gate.file()?;
    let now = Timestamp::now();
    let filled = Filled::sent(&fields);
    let token = match filled.token(now) {
        Ok(token) => token,
        Err(refused) => {
            let tokens = file.list().map_err(|error| unreadable(&error))?;
            let body = html! {
                h1 { "Make a token" }
                (form(&visitor, tokens.len(), &filled, Mistake(Some(&refused))))
                p { a href="/tokens" { "To the tokens" } }
            };
            let page = Page::new("Make a token", &visitor).at("/tokens");
            return Ok(refused.answer(page.show(&body)));
        }
    };
    let made = file.create_after(filled.known, token.clone(), now);
    match made.map_err(|error| unreadable(&error))? {
        Ok((secret, record)) => {
            tracing::info!(id = record.id, by = %visitor.caller()?.actor(), "a token was made on a page");
            Ok(Page::new("Tokens", &visitor)
                .at("/tokens")
                .show(&made_now(&secret, &record)))
        }
        Err(tokens) => {
            let page = Page::new("Make a token", &visitor).at("/tokens");
            let page = page.show(&made_before(&visitor, &tokens, (&filled, &token)));
            Ok(told(&outdated(), page))
        }
    }
}

fn outdated() -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "form_outdated",
        "a token was made since this form was shown, so none was made now",
        "look at the tokens, and send the form once more",
    )
}

/// What whoever sent a form twice is told, who may have lost the secret with the first answer. A token that somebody else
/// has made is not theirs to revoke.
fn made_before(visitor: &Visitor, tokens: &[TokenRecord], (filled, asked): (&Filled, &NewToken)) -> Markup {
    let since = filled
        .known
        .and_then(|known| tokens.get(known..))
        .unwrap_or_default();
    let alike: Vec<TokenRecord> = since.iter().filter(|token| token.is_as(asked)).cloned().collect();
    html! {
        h1 { "Make a token" }
        div.notice.bad role="alert" {
            p { "A token was made since this form was shown, so none was made now." }
            @if alike.is_empty() {
                p { "It is another than this form asks for. Send the form once more to make this one." }
            } @else {
                p { "If the form was sent twice, this is the token of the first time, and it was shown once. If nobody has kept it, revoke it and make another." }
            }
        }
        @if !alike.is_empty() { (table(&alike, &BTreeMap::new())) }
        section aria-labelledby="new" {
            h2 #new { "Make another" }
            (form(visitor, tokens.len(), filled, Mistake(None)))
        }
        p { a href="/tokens" { "To the tokens" } }
    }
}

fn made_now(secret: &Secret, record: &TokenRecord) -> Markup {
    html! {
        h1 { "The token of " (cut(record.name.as_str(), CHARACTERS)) }
        div.notice.good role="status" { p { "Keep it now: it is not shown again, and nobody can look it up." } }
        pre.command tabindex="0" { (secret.reveal()) }
        dl {
            dt { "Roles" } dd { (roles(record)) }
            dt { "Limits" } dd { (limits(record)) }
            dt { "Expires" } dd { @match record.expires_at { Some(at) => { (time(at)) } None => { "never" } } }
            dt { "Id" } dd { code { (record.id) } }
        }
        p { a href="/tokens" { "To the tokens" } }
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Meant {
    id: String,
}

/// A token that can still be used.
fn valid(app: &App, id: &str) -> Result<TokenRecord, Problem> {
    let tokens = app.gate.file()?.list().map_err(|error| unreadable(&error))?;
    let now = Timestamp::now();
    let mut tokens = tokens.into_iter();
    let found = tokens.find(|token| token.id == id && token.state(now) == TokenState::Valid);
    found.ok_or_else(|| {
        Problem::new(
            StatusCode::NOT_FOUND,
            "token_not_found",
            "there is no such token that could still be revoked",
            "look at `/tokens`",
        )
    })
}

/// Asks whether a token shall be taken back.
pub(crate) async fn preview(
    State(app): Shared,
    Extension(visitor): Looking,
    Parameters(meant): Parameters<Meant>,
) -> Answer {
    let token = valid(&app, &meant.id)?;
    let own = visitor.caller()?.token().is_some_and(|own| own.id == token.id);
    let body = html! {
        h1 { "Revoke?" }
        @if own { div.notice.bad role="alert" { p { "You have logged in with this token: the session ends with it." } } }
        dl.rehearsal {
            dt { "Owner" } dd { (cut(token.name.as_str(), CHARACTERS)) }
            dt { "Roles" } dd { (roles(&token)) }
            dt { "Limits" } dd { (limits(&token)) }
            dt { "Made" } dd { (time(token.created_at)) }
            dt { "Id" } dd { code { (token.id) } }
        }
        p { "It is refused from the next request on. This cannot be undone." }
        form.stacked method="post" action="/tokens/revoke" {
            (csrf(&visitor))
            input type="hidden" name="id" value=(token.id);
            p { button.danger type="submit" { "Revoke" } " " a href="/tokens" { "Cancel" } }
        }
    };
    Ok(Page::new("Revoke", &visitor).at("/tokens").show(&body))
}

/// Takes a token back.
pub(crate) async fn revoke(
    State(app): Shared,
    Extension(visitor): Looking,
    Posted(meant): Posted<Meant>,
) -> Answer {
    let token = valid(&app, &meant.id)?;
    let now = Timestamp::now();
    app.gate
        .file()?
        .revoke(&token.id, now)
        .map_err(|error| unreadable(&error))?;
    tracing::info!(id = token.id, by = %visitor.caller()?.actor(), "a token was revoked on a page");
    Ok(Redirect::to("/tokens").into_response())
}
