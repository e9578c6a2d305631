//! `/names` and `/tags`: what the registry holds, in outline.

use axum::Extension;
use axum::extract::State;
use axum::http::Uri;
use registry_core::search::{Filter, SearchQuery, Sort, SortField};
use registry_core::{CatalogQuery, Error, Limit, ModelName, TagName, Version};
use serde::Deserialize;
use utoipa::IntoParams;

use super::query::limit;
use super::{By, Shared};
use crate::http::answer::{Answer, page};
use crate::http::extract::{Parameters, Segments};
use crate::schema;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageParameters {
    /// How many to a page
    #[param(maximum = 1000)]
    limit: Option<u32>,
    /// Only what comes behind this: the `next` of the page before
    after: Option<String>,
}

/// The names that have models, by their bytes
#[utoipa::path(get, path = "/api/v1/names", tag = "names", operation_id = "list_names", params(PageParameters),
    responses((status = 200, body = schema::NamePage, headers(("Link" = String)))))]
pub(crate) async fn names(
    State(app): Shared,
    uri: Uri,
    Parameters(asked): Parameters<PageParameters>,
) -> Answer {
    let query = CatalogQuery {
        limit: Limit::AtMost(limit(asked.limit, app.limits.page)?),
        after: asked.after.map(ModelName::parse).transpose()?,
    };
    let found = app.store.names(&query).await?;
    let document = serde_json::json!({ "names": found.items, "next": found.next });
    let next = found.next.as_ref().map(ModelName::as_str);
    Ok(page(&document, &uri, "after", next))
}

/// The tags that models hold, by their bytes
#[utoipa::path(get, path = "/api/v1/tags", tag = "tags", operation_id = "list_tags", params(PageParameters),
    responses((status = 200, body = schema::TagPage, headers(("Link" = String)))))]
pub(crate) async fn tags(
    State(app): Shared,
    uri: Uri,
    Parameters(asked): Parameters<PageParameters>,
) -> Answer {
    let query = CatalogQuery {
        limit: Limit::AtMost(limit(asked.limit, app.limits.page)?),
        after: asked.after.map(TagName::parse).transpose()?,
    };
    let found = app.store.tags(&query).await?;
    let document = serde_json::json!({ "tags": found.items, "next": found.next });
    let next = found.next.as_ref().map(TagName::as_str);
    Ok(page(&document, &uri, "after", next))
}

/// The versions of a name, the highest first
///
/// Models in short, of every status.
#[utoipa::path(get, path = "/api/v1/names/{name}/versions", tag = "names", operation_id = "list_versions",
    params(("name" = inline(schema::Name), Path), PageParameters),
    responses((status = 200, body = schema::VersionPage, headers(("Link" = String)))))]
pub(crate) async fn versions(
    State(app): Shared,
    Extension(caller): By,
    uri: Uri,
    Segments(name): Segments<String>,
    Parameters(asked): Parameters<PageParameters>,
) -> Answer {
    let name = ModelName::parse(name)?;
    let first = asked.after.is_none();
    let size = limit(asked.limit, app.limits.page)?;
    let mut filter = Filter::name().equals(&name)?;
    if let Some(after) = asked.after {
        filter = filter.and(Filter::version().less_than(Version::parse(after)?)?);
    }
    let query = SearchQuery::of_every_status(Some(filter), vec![Sort::descending(SortField::Version)])?;
    let found = app
        .store
        .search(&query.limit(Limit::AtMost(size)), caller.now())
        .await?;
    if first && size > 0 && found.items.is_empty() {
        let wanted = name.to_string();
        return Err(Error::ModelNotFound { wanted }.into());
    }
    let last = found.items.last().map(|model| model.version.to_string());
    let next = last.filter(|_| found.next.is_some());
    let document = serde_json::json!({ "name": name, "versions": found.items, "next": next });
    Ok(page(&document, &uri, "after", next.as_deref()))
}
