//! `/tokens`: who may use the server. Admins make tokens, which are shown once, and take them back.

use std::collections::BTreeMap;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect};
use maud::{Markup, html};
use registry_core::search::Glob;
use registry_core::{Actor, TagName, Timestamp};
use serde::Deserialize;

use super::form::{Posted, csrf};
use super::guard::Visitor;
use super::layout::Page;
use super::parts::{cut, time, with};
use super::{Answer, Looking};
use crate::access::{NewToken, Role, Secret, TokenRecord, TokenState, unreadable};
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
        (form(&visitor, tokens.len()))
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

fn form(visitor: &Visitor, known: usize) -> Markup {
    html! {
        section aria-labelledby="new" {
            h2 #new { "Make a token" }
            form.stacked method="post" action="/tokens" {
                (csrf(visitor))
                input type="hidden" name="known" value=(known);
                label for="owner" { "Owner" }
                input #owner name="name" required maxlength="200" autocomplete="off" spellcheck="false" aria-describedby="owner-help";
                p #owner-help.quiet { "Who, in the history." }
                fieldset {
                    legend { "Roles" }
                    @for (role, allows) in ROLES {
                        label { input type="checkbox" name="role" value=(role); " " (role) ": " span.quiet { (allows) } }
                    }
                }
                label for="names" { "Only models whose name fits" }
                input #names name="names" maxlength="500" placeholder="team-a/*" spellcheck="false" autocapitalize="off";
                label for="tags" { "Only these tags" }
                input #tags name="tags" maxlength="500" placeholder="staging, candidate" spellcheck="false" autocapitalize="off";
                label for="expires" { "Can be used until" }
                input #expires name="expires" type="date";
                p { button type="submit" { "Make it" } }
            }
        }
    }
}

const ROLES: [(Role, &str); 4] = [
    (Role::Reader, "reads"),
    (Role::Writer, "registers and changes models"),
    (Role::Promoter, "gives and takes tags"),
    (Role::Admin, "does everything"),
];

/// Makes a token and shows it. A page that is sent once more makes no second one: it knows of one token less.
pub(crate) async fn create(
    State(app): Shared,
    Extension(visitor): Looking,
    Posted(fields): Posted<Vec<(String, String)>>,
) -> Answer {
    let file = app.gate.file()?;
    let value = |wanted: &str| {
        fields
            .iter()
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.trim())
    };
    let now = Timestamp::now();
    let known = file.list().map_err(|error| unreadable(&error))?.len();
    if value("known").is_none_or(|value| value != known.to_string()) {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "tokens_changed",
            "a token was made since this form was shown, so none was made now",
            "look at `/tokens`: the token may be there already, and can be revoked if nobody has kept it",
        ));
    }
    let token = asked(&value, &fields, now)?;
    let (secret, record) = file.create(token, now).map_err(|error| unreadable(&error))?;
    tracing::info!(id = record.id, by = %visitor.caller()?.actor(), "a token was made on a page");
    Ok(Page::new("Tokens", &visitor)
        .at("/tokens")
        .show(&made(&secret, &record)))
}

fn asked<'a>(
    value: &dyn Fn(&str) -> Option<&'a str>,
    fields: &[(String, String)],
    now: Timestamp,
) -> Result<NewToken, Problem> {
    let roles = fields.iter().filter(|(name, _)| name == "role");
    let roles: Result<Vec<Role>, _> = roles.map(|(_, role)| role.parse::<Role>()).collect();
    let roles = roles.map_err(|error| Problem::bad_request(error.to_string()))?;
    if roles.is_empty() {
        return Err(Problem::bad_request("a token needs at least one role"));
    }
    let names = value("names").filter(|names| !names.is_empty());
    if let Some(names) = names {
        Glob::new(names)?;
    }
    let tags = value("tags").map(|tags| {
        let tags = tags.split(',').map(str::trim).filter(|tag| !tag.is_empty());
        tags.map(TagName::parse).collect::<Result<Vec<_>, _>>()
    });
    let expires_at = value("expires").map(Timestamp::parse).transpose()?;
    if expires_at.is_some_and(|at| at <= now) {
        return Err(Problem::bad_request("the token would have expired already"));
    }
    let token = NewToken {
        name: Actor::parse(value("name").unwrap_or_default())?,
        roles,
        names: names.map(str::to_owned),
        tags: tags.transpose()?.filter(|tags| !tags.is_empty()),
        expires_at,
    };
    if token.limits_an_admin() {
        return Err(Problem::bad_request(
            "an admin may do everything, and cannot be limited to names or tags",
        )
        .hinted("leave out names and tags, or choose other roles"));
    }
    Ok(token)
}

fn made(secret: &Secret, record: &TokenRecord) -> Markup {
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
