//! `/tokens`: who may use the server. They are made where it runs, or on a page.

use axum::extract::State;
use registry_core::{TagName, Timestamp};
use serde::Serialize;

use super::Shared;
use crate::access::{TokenDocument, unreadable};
use crate::http::answer::{Answer, json};
use crate::schema;

#[derive(Serialize)]
struct Tokens<'t> {
    tokens: Vec<TokenDocument<'t>>,
    protected_tags: Vec<TagName>,
}

/// The tokens that were made, the oldest first, without their secrets
#[utoipa::path(get, path = "/api/v1/tokens", tag = "server", responses((status = 200, body = schema::Tokens)))]
pub(crate) async fn list(State(app): Shared) -> Answer {
    let (file, now) = (app.gate.file()?, Timestamp::now());
    let tokens = file.list().map_err(|error| unreadable(&error))?;
    let protected_tags = file.protected_tags().map_err(|error| unreadable(&error))?;
    let last_used = file.last_used_or_noted();
    let documents = tokens.iter();
    Ok(json(&Tokens {
        tokens: documents
            .map(|token| token.document(last_used.get(&token.id).copied(), now))
            .collect(),
        protected_tags,
    }))
}
