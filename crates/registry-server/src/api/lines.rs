//! Long answers as lines of JSON, read page by page, so that a list of any length takes the memory of a page.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures::stream;
use registry_core::search::{Heading, ModelSummary, SearchPage, SearchQuery};
use registry_core::{Limit, Model, Result, Timestamp};
use serde::Serialize;

use crate::app::App;
use crate::http::extract::NDJSON;
use crate::http::problem::Problem;

/// How many models are read at a time.
const PIECE: u32 = 500;

/// What is still to be read.
struct Rest {
    app: Arc<App>,
    query: SearchQuery,
    left: Option<u32>,
    short: bool,
    now: Timestamp,
}

/// Every model from the query's place on, or as many as `limit`. When something breaks on the way the connection is
/// cut, so that nobody takes a part for the whole.
pub(super) fn lines(
    app: Arc<App>,
    query: SearchQuery,
    limit: Option<u32>,
    short: bool,
    now: Timestamp,
) -> std::result::Result<Response, Problem> {
    if query.heading() == Heading::Backward {
        return Err(Problem::bad_request(
            "a cursor that leads back goes with the size of one page, not with all",
        ));
    }
    let rest = Rest {
        app,
        query,
        left: limit,
        short,
        now,
    };
    let pieces = stream::try_unfold(Some(rest), |rest| async move {
        let Some(rest) = rest else { return Ok(None) };
        match rest.piece().await {
            Ok(piece) => Ok(Some(piece)),
            Err(error) => {
                let cause = error.to_string();
                tracing::error!(cause, code = error.code(), "a list was cut off");
                Err(std::io::Error::other(error.code().to_owned()))
            }
        }
    });
    Ok(([(header::CONTENT_TYPE, NDJSON)], Body::from_stream(pieces)).into_response())
}

impl Rest {
    async fn piece(mut self) -> Result<(Bytes, Option<Self>)> {
        let size = self.left.map_or(PIECE, |left| left.min(PIECE));
        let query = self.query.clone().limit(Limit::AtMost(size));
        let (text, count, next) = if self.short {
            text::<ModelSummary>(self.app.store.search(&query, self.now).await?)
        } else {
            text::<Model>(self.app.store.search_models(&query, self.now).await?)
        };
        self.left = self.left.map(|left| left.saturating_sub(count));
        let rest = match next {
            Some(next) if count > 0 && self.left != Some(0) => {
                self.query = self.query.from_start().from_cursor(next)?;
                Some(self)
            }
            _ => None,
        };
        Ok((text, rest))
    }
}

type Read = (Bytes, u32, Option<registry_core::search::Cursor>);

fn text<T: Serialize>(page: SearchPage<T>) -> Read {
    let mut text = Vec::new();
    for item in &page.items {
        // What the registry holds can be written as JSON.
        if serde_json::to_writer(&mut text, item).is_ok() {
            text.push(b'\n');
        }
    }
    let count = u32::try_from(page.items.len()).unwrap_or(u32::MAX);
    (text.into(), count, page.next)
}
