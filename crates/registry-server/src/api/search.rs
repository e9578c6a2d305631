//! `/models` and `/search`: models that fit, how many, and how they divide.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::IntoResponse as _;
use registry_core::Limit;
use registry_core::search::{Cursor, FacetLimits, SearchPage, SearchQuery};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::lines::lines;
use super::query::{CountParameters, FacetParameters, ListParameters, limit, search};
use super::{By, Shared};
use crate::access::Caller;
use crate::app::App;
use crate::http::answer::{Answer, Document, json};
use crate::http::extract::{JsonText, Parameters, wants_lines};
use crate::http::problem::Problem;
use crate::schema;

/// The most models that facets look at.
const MOST_LOOKED_AT: u32 = 100_000;

/// Models that fit
///
/// Newest first where nothing else is asked. `Accept: application/x-ndjson` answers every one as lines of JSON.
#[utoipa::path(get, path = "/api/v1/models", tag = "search", operation_id = "list_models", params(ListParameters),
    responses((status = 200, content((schema::ModelPage = "application/json"), (String = "application/x-ndjson")),
        headers(("Link" = String)))))]
pub(crate) async fn list(
    State(app): Shared,
    Extension(caller): By,
    uri: Uri,
    headers: HeaderMap,
    Parameters(asked): Parameters<ListParameters>,
) -> Answer {
    if wants_lines(&headers) {
        let most = asked.limit;
        let query = ListParameters { limit: None, ..asked };
        let short = query.short;
        return lines(
            Arc::clone(&app),
            query.query(app.limits.page)?,
            most,
            short,
            caller.now(),
        );
    }
    let query = asked.query(app.limits.page)?;
    let made = found(&app, &caller, &query, asked.short, Some(&uri));
    kept(&app, &query, &uri, made).await
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(crate) struct SearchParameters {
    /// Models in short: without metadata, notes and exports
    short: bool,
}

/// Models that fit a search in JSON
///
/// As `GET /api/v1/models`, for filters that a program builds. `limit` -1 needs `Accept: application/x-ndjson`.
#[utoipa::path(post, path = "/api/v1/search", tag = "search", operation_id = "search_models",
    params(SearchParameters), request_body = schema::Search,
    responses((status = 200, content((schema::ModelPage = "application/json"), (String = "application/x-ndjson")))))]
pub(crate) async fn post(
    State(app): Shared,
    Extension(caller): By,
    headers: HeaderMap,
    Parameters(asked): Parameters<SearchParameters>,
    JsonText(text): JsonText,
) -> Answer {
    let query = read(&text)?;
    if wants_lines(&headers) {
        let most = match query.page_limit() {
            Limit::AtMost(most) => Some(most),
            Limit::Unlimited => None,
        };
        return lines(app, query, most, asked.short, caller.now());
    }
    let size = match query.page_limit() {
        Limit::AtMost(size) => size,
        Limit::Unlimited => u32::MAX,
    };
    limit(Some(size), app.limits.page)?;
    let found = found(&app, &caller, &query, asked.short, None).await?;
    Ok(found.into_response())
}

fn read(text: &str) -> Result<SearchQuery, Problem> {
    serde_json::from_str(text).map_err(|error| {
        let hint = "`/api/v1/openapi.json` describes searches in JSON";
        Problem::new(StatusCode::BAD_REQUEST, "invalid_search", error.to_string(), hint)
    })
}

#[derive(Serialize)]
struct Found<T> {
    models: Vec<T>,
    next: Option<Cursor>,
    previous: Option<Cursor>,
}

/// What a search answers, from the last time where nothing was written since; unless it is another from moment to moment.
async fn kept(app: &App, query: &SearchQuery, uri: &Uri, make: impl Future<Output = Made>) -> Answer {
    let document = if query.counts_from_now() {
        make.await?
    } else {
        app.kept.or_made(app.store.as_ref(), uri, make).await?
    };
    Ok(document.into_response())
}

/// A document that a search makes.
type Made = Result<Document, Problem>;

async fn found(app: &App, caller: &Caller, query: &SearchQuery, short: bool, uri: Option<&Uri>) -> Made {
    let now = caller.now();
    if short {
        page_of(app.store.search(query, now).await?, uri)
    } else {
        page_of(app.store.search_models(query, now).await?, uri)
    }
}

fn page_of<T: Serialize>(found: SearchPage<T>, uri: Option<&Uri>) -> Made {
    let found = Found {
        models: found.items,
        next: found.next,
        previous: found.previous,
    };
    let next = found.next.as_ref().map(ToString::to_string);
    let document = Document::of(&found)?;
    Ok(match uri {
        Some(uri) => document.before(uri, "cursor", next.as_deref()),
        None => document,
    })
}

/// How many models fit
#[utoipa::path(get, path = "/api/v1/count", tag = "search", operation_id = "count_models", params(CountParameters),
    responses((status = 200, body = schema::Count)))]
pub(crate) async fn count(
    State(app): Shared,
    Extension(caller): By,
    uri: Uri,
    Parameters(asked): Parameters<CountParameters>,
) -> Answer {
    let query = search(asked.r#where.as_deref(), asked.status.as_deref(), None)?;
    let made = async { Document::of(&app.store.count(&query, caller.now(), asked.up_to).await?) };
    kept(&app, &query, &uri, made).await
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(crate) struct UpTo {
    /// Count no further than this [default: all are counted]
    #[param(format = "uint64")]
    up_to: Option<u64>,
}

/// How many models fit a search in JSON
#[utoipa::path(post, path = "/api/v1/search/count", tag = "search", operation_id = "count_search",
    params(UpTo), request_body = schema::Search,
    responses((status = 200, body = schema::Count)))]
pub(crate) async fn post_count(
    State(app): Shared,
    Extension(caller): By,
    Parameters(asked): Parameters<UpTo>,
    JsonText(text): JsonText,
) -> Answer {
    Ok(json(
        &app.store.count(&read(&text)?, caller.now(), asked.up_to).await?,
    ))
}

/// How the models that fit divide
///
/// By task type, status, tag and name.
#[utoipa::path(get, path = "/api/v1/facets", tag = "search", operation_id = "get_facets", params(FacetParameters),
    responses((status = 200, body = schema::Facets)))]
pub(crate) async fn facets(
    State(app): Shared,
    Extension(caller): By,
    uri: Uri,
    Parameters(asked): Parameters<FacetParameters>,
) -> Answer {
    let query = search(
        asked.r#where.as_deref(),
        asked.status.as_deref(),
        asked.sort.as_deref(),
    )?;
    let limits = facet_limits(&app, asked.models, asked.values)?;
    let made = async { Document::of(&app.store.facets(&query, caller.now(), limits).await?) };
    kept(&app, &query, &uri, made).await
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(crate) struct FacetSizes {
    /// How many models to look at [default: 10000]
    #[param(maximum = 100_000)]
    models: Option<u32>,
    /// How many values of each field to tell [default: 10]
    #[param(maximum = 1000)]
    values: Option<u32>,
}

/// How the models that fit a search in JSON divide
#[utoipa::path(post, path = "/api/v1/search/facets", tag = "search", operation_id = "get_search_facets",
    params(FacetSizes), request_body = schema::Search,
    responses((status = 200, body = schema::Facets)))]
pub(crate) async fn post_facets(
    State(app): Shared,
    Extension(caller): By,
    Parameters(asked): Parameters<FacetSizes>,
    JsonText(text): JsonText,
) -> Answer {
    let limits = facet_limits(&app, asked.models, asked.values)?;
    Ok(json(
        &app.store.facets(&read(&text)?, caller.now(), limits).await?,
    ))
}

fn facet_limits(app: &App, models: Option<u32>, values: Option<u32>) -> Result<FacetLimits, Problem> {
    let by_default = FacetLimits::default();
    Ok(FacetLimits {
        models: limit(models.or(Some(by_default.models)), MOST_LOOKED_AT)?,
        values: limit(values.or(Some(by_default.values)), app.limits.page)?,
    })
}
