//! `/names/{name}`: the versions of a name, its metrics over them, and which of them hold its tags.

use std::collections::HashSet;

use axum::Extension;
use axum::extract::State;
use maud::{Markup, html};
use registry_core::search::{
    Cursor, FacetLimits, Filter, ModelSummary, SearchPage, SearchQuery, Sort, SortField,
};
use registry_core::{
    CatalogQuery, Error, Limit, MetricName, Model, ModelName, RegistryStore, Selector, TagName, Timestamp,
};
use serde::Deserialize;

use super::chart::chart;
use super::layout::Page;
use super::parts::{cut, encoded, tag_link, time, with};
use super::row::{self, Heading};
use super::{Answer, Looking};
use crate::api::Shared;
use crate::http::extract::{Parameters, Segments};
use crate::http::problem::Problem;

/// How many versions a page has.
const VERSIONS: u32 = 25;
/// How many versions a chart shows.
const CHARTED: u32 = 40;
/// How many charts.
const CHARTS: usize = 2;
/// How many other metrics can be chosen.
const METRICS: usize = 24;
/// How many tags.
const TAGS: u32 = 12;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    metric: Option<String>,
    cursor: Option<String>,
}

/// Shows the page.
pub(crate) async fn show(
    State(app): Shared,
    Extension(visitor): Looking,
    Segments(name): Segments<String>,
    Parameters(asked): Parameters<Asked>,
) -> Answer {
    let name = ModelName::parse(name)?;
    let metric = asked.metric.map(MetricName::parse).transpose()?;
    let query = versions(&name, VERSIONS)?;
    let query = match asked.cursor.as_deref() {
        Some(cursor) => query.from_cursor(cursor.parse::<Cursor>()?)?,
        None => query,
    };
    let found = app.store.search(&query, Timestamp::EPOCH).await?;
    if found.items.is_empty() && asked.cursor.is_none() {
        let wanted = name.to_string();
        return Err(Error::ModelNotFound { wanted }.into());
    }
    let charted = app
        .store
        .search(&versions(&name, CHARTED)?, Timestamp::EPOCH)
        .await?;
    let holders = holders(app.store.as_ref(), &name).await?;
    let address = format!("/names/{}", encoded(name.as_str()));
    let body = html! {
        h1 { (name) }
        (tags(&holders))
        (charts(&charted, metric.as_ref(), &address))
        section aria-labelledby="versions" {
            h2 #versions { "Versions" }
            (row::table("Versions of this name", &HEADINGS, &found.items, false))
            (pages(&found, &address))
        }
        p { a href=(with("/activity", &[("name", Some(name.as_str()))])) { "What happened to this name" } }
    };
    Ok(Page::new(name.as_str(), &visitor).show(&body))
}

const HEADINGS: [Heading; 6] = [
    Heading::Plain("Version"),
    Heading::Plain("Task"),
    Heading::Plain("Tags"),
    Heading::Plain("Metrics"),
    Heading::Plain("Size"),
    Heading::Plain("Registered"),
];

/// The versions of a name, the highest first, of every status.
fn versions(name: &ModelName, most: u32) -> Result<SearchQuery, Problem> {
    let filter = Filter::name().equals(name)?;
    let query = SearchQuery::of_every_status(Some(filter), vec![Sort::descending(SortField::Version)])?;
    Ok(query.limit(Limit::AtMost(most)))
}

/// Who holds each tag of the name: what `name@:tag` finds. Looked for are the first tags of the registry, and those of the
/// highest versions: a name with more versions than these may leave out a tag where the registry has many.
async fn holders(store: &dyn RegistryStore, name: &ModelName) -> Result<Vec<(TagName, Model)>, Problem> {
    let limits = FacetLimits {
        models: 1_000,
        values: TAGS,
    };
    let highest = versions(name, VERSIONS)?;
    let known = CatalogQuery {
        limit: Limit::AtMost(TAGS),
        after: None,
    };
    let (facets, known) = tokio::try_join!(
        store.facets(&highest, Timestamp::EPOCH, limits),
        store.tags(&known)
    )?;
    let of_versions = facets.tag.into_iter().map(|facet| TagName::parse(facet.value));
    let mut tags = of_versions.collect::<Result<Vec<TagName>, _>>()?;
    tags.extend(known.items.into_iter().map(|tag| tag.tag));
    let mut seen = HashSet::new();
    tags.retain(|tag| seen.insert(tag.clone()));
    let looking = tags.into_iter().map(async |tag| {
        let selector = Selector::Tag {
            tag: tag.clone(),
            name: Some(name.clone()),
        };
        Ok::<_, Error>(store.find(&selector).await?.map(|model| (tag, model)))
    });
    let found = futures::future::try_join_all(looking).await?;
    Ok(found.into_iter().flatten().take(TAGS as usize).collect())
}

fn tags(holders: &[(TagName, Model)]) -> Markup {
    html! {
        @if !holders.is_empty() {
            section aria-labelledby="tags" {
                h2 #tags { "Tags" }
                div.wide tabindex="0" role="region" aria-label="Holders of tags" { table.narrow {
                    thead { tr { th scope="col" { "Tag" } th scope="col" { "Holder" } th scope="col" { "Since" } } }
                    tbody {
                        @for (tag, model) in holders {
                            tr {
                                th scope="row" { (tag_link(tag)) }
                                td { a.version href={ "/models/" (model.id) } { (cut(&model.version.to_string(), 60)) } }
                                td {
                                    @if let Some(held) = model.tag(tag) {
                                        (time(held.since)) " "
                                        span.quiet { (if held.promoted { "by promotion" } else { "as a label" }) }
                                    }
                                }
                            }
                        }
                    }
                } }
            }
        }
    }
}

fn charts(charted: &SearchPage<ModelSummary>, chosen: Option<&MetricName>, address: &str) -> Markup {
    let mut names: Vec<&MetricName> = Vec::new();
    for (name, _) in charted.items.iter().flat_map(|model| model.metrics.iter()) {
        if names.len() >= METRICS {
            break;
        }
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let shown: Vec<&MetricName> = match chosen {
        Some(metric) => vec![metric],
        None => names.iter().copied().take(CHARTS).collect(),
    };
    let ascending: Vec<&ModelSummary> = charted.items.iter().rev().collect();
    html! {
        @if !names.is_empty() {
            section aria-labelledby="metrics" {
                h2 #metrics { "Metrics over versions" }
                @for metric in &shown {
                    @let measured = ascending.iter().any(|model| model.metrics.get(metric.as_str()).is_some());
                    h3 { (metric) }
                    @if measured { (chart(metric, &ascending)) } @else { p.quiet { "No version shown here has it." } }
                }
                @if charted.next.is_some() { p.quiet { "The highest " (CHARTED) " versions." } }
                @if names.len() > shown.len() {
                    nav.pages aria-label="Metrics" {
                        @for name in &names {
                            a href=(with(address, &[("metric", Some(name.as_str()))])) aria-current=[(chosen == Some(name)).then_some("true")] { (cut(name.as_str(), 40)) }
                        }
                    }
                }
            }
        }
    }
}

fn pages(found: &SearchPage<ModelSummary>, address: &str) -> Markup {
    let at = |cursor: &Cursor| with(address, &[("cursor", Some(&cursor.to_string()))]);
    html! {
        @if found.next.is_some() || found.previous.is_some() {
            nav.pages aria-label="Pages" {
                @if let Some(previous) = &found.previous { a rel="prev" href=(at(previous)) { "← Higher" } }
                @if let Some(next) = &found.next { a rel="next" href=(at(next)) { "Lower →" } }
            }
        }
    }
}
