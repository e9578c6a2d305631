//! Models by name, version and tag, as people name them.

use axum::extract::State;
use axum::http::HeaderMap;
use registry_core::{ModelName, RegistryStoreExt as _, Selector, TagName, Timestamp};
use serde::Deserialize;
use utoipa::IntoParams;

use super::Shared;
use crate::http::answer::{Answer, json, revised};
use crate::http::extract::{Parameters, Segments};
use crate::schema;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct FindParameters {
    /// An id, `name@version`, `name@^1`, `name`, `:tag` or `name@:tag`
    #[param(inline, value_type = schema::Selector)]
    model: String,
}

/// The model that a selector names
///
/// For names that a path cannot hold, such as `..`, and for programs that get a selector from people.
#[utoipa::path(get, path = "/api/v1/find", tag = "models", operation_id = "find_model", params(FindParameters),
    responses((status = 200, body = schema::Model, headers(("ETag" = String))), (status = 304)))]
pub(crate) async fn find(
    State(app): Shared,
    headers: HeaderMap,
    Parameters(asked): Parameters<FindParameters>,
) -> Answer {
    let model = app.store.get(&Selector::parse(&asked.model)?).await?;
    revised(&model, &headers)
}

/// A version of a name
///
/// A version, a range such as `^1.2`, `latest` or `latest-pre`. `/` within a name is written `%2F`.
#[utoipa::path(get, path = "/api/v1/names/{name}/versions/{version}", tag = "models", operation_id = "get_version",
    params(("name" = inline(schema::Name), Path), ("version" = String, Path)),
    responses((status = 200, body = schema::Model, headers(("ETag" = String))), (status = 304)))]
pub(crate) async fn version(
    State(app): Shared,
    Segments((name, version)): Segments<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    let selector = Selector::of_version(ModelName::parse(name)?, &version)?;
    revised(&app.store.get(&selector).await?, &headers)
}

/// Who holds a tag among the versions of a name
#[utoipa::path(get, path = "/api/v1/names/{name}/tags/{tag}", tag = "tags", operation_id = "get_tag_holder_of_name",
    params(("name" = inline(schema::Name), Path), ("tag" = inline(schema::Tag), Path)),
    responses((status = 200, body = schema::Model, headers(("ETag" = String))), (status = 304)))]
pub(crate) async fn tag_of_name(
    State(app): Shared,
    Segments((name, tag)): Segments<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    let selector = Selector::Tag {
        tag: TagName::parse(tag)?,
        name: Some(ModelName::parse(name)?),
    };
    revised(&app.store.get(&selector).await?, &headers)
}

/// Who holds a tag
///
/// Of the active models with the tag, the one that got it last.
#[utoipa::path(get, path = "/api/v1/tags/{tag}", tag = "tags", operation_id = "get_tag_holder",
    params(("tag" = inline(schema::Tag), Path)),
    responses((status = 200, body = schema::Model, headers(("ETag" = String))), (status = 304)))]
pub(crate) async fn tag(State(app): Shared, Segments(tag): Segments<String>, headers: HeaderMap) -> Answer {
    let tag = TagName::parse(tag)?;
    revised(&app.store.get_by_tag(&tag).await?, &headers)
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct HoldingParameters {
    /// When, such as `2026-01-31T12:00:00Z`
    #[param(format = DateTime)]
    at: String,
    /// Only among the versions of this name
    #[param(inline, value_type = Option<schema::Name>)]
    name: Option<String>,
}

/// Who held a tag at a time
///
/// The holder may be deleted since; `null` where nobody held it.
#[utoipa::path(get, path = "/api/v1/tags/{tag}/holding", tag = "tags", operation_id = "get_tag_holder_at",
    params(("tag" = inline(schema::Tag), Path), HoldingParameters),
    responses((status = 200, body = Option<schema::Holding>)))]
pub(crate) async fn holding(
    State(app): Shared,
    Segments(tag): Segments<String>,
    Parameters(asked): Parameters<HoldingParameters>,
) -> Answer {
    let tag = TagName::parse(tag)?;
    let name = asked.name.map(ModelName::parse).transpose()?;
    let at = Timestamp::parse(&asked.at)?;
    Ok(json(&app.store.find_holding(&tag, name.as_ref(), at).await?))
}
