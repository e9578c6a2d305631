//! `/`: the models that fit a search, and how they divide.

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use maud::{Markup, html};
use registry_core::search::{
    Count, Cursor, FacetField, FacetLimits, Facets, Filter, ModelSummary, SearchError, SearchPage,
    SearchQuery,
};
use registry_core::{Error, Limit, Timestamp};
use serde::Deserialize;

use super::layout::{Page, fragment};
use super::live;
use super::parts::{cut, thousands, with};
use super::row::{self, Heading};
use super::{Answer, Looking};
use crate::api::Shared;
use crate::api::query::search;
use crate::app::App;
use crate::http::extract::Parameters;
use crate::http::problem::Problem;

/// How many rows a page has.
const ROWS: u32 = 25;
/// How far models are counted.
const COUNTED: u64 = 1_000;
/// What facets look at.
const FACETS: FacetLimits = FacetLimits {
    models: 250,
    values: 8,
};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    r#where: Option<String>,
    status: Option<String>,
    sort: Option<String>,
    cursor: Option<String>,
}

impl Asked {
    fn text(&self) -> &str {
        self.r#where.as_deref().unwrap_or_default().trim()
    }

    fn status(&self) -> Option<&str> {
        self.status.as_deref().filter(|status| !status.is_empty())
    }

    fn sort(&self) -> Option<&str> {
        self.sort.as_deref().filter(|sort| !sort.is_empty())
    }

    fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref().filter(|cursor| !cursor.is_empty())
    }

    /// Whether it is the first page of what was found.
    fn is_first(&self) -> bool {
        self.cursor().is_none()
    }

    fn query(&self) -> Result<SearchQuery, Problem> {
        let query = search(Some(self.text()), self.status(), self.sort())?.limit(Limit::AtMost(ROWS));
        Ok(match self.cursor() {
            Some(cursor) => query.from_cursor(cursor.parse::<Cursor>()?)?,
            None => query,
        })
    }

    /// What fits, the newest first: what is told of the first of many must not cost more in another order.
    fn newest(&self) -> Result<SearchQuery, Problem> {
        search(Some(self.text()), self.status(), None)
    }

    /// Where the rows of a page are that shows what happens: the first.
    fn rows(&self) -> Option<String> {
        let text = Some(self.text()).filter(|text| !text.is_empty());
        let parameters = [("where", text), ("status", self.status()), ("sort", self.sort())];
        self.is_first().then(|| with("/rows", &parameters))
    }

    /// This page with another search.
    fn searching(&self, text: &str, status: Option<&str>) -> String {
        let text = Some(text).filter(|text| !text.is_empty());
        with("/", &[("where", text), ("status", status), ("sort", self.sort())])
    }

    /// This page in another order, or from another place.
    fn ordered(&self, sort: Option<&str>, cursor: Option<&str>) -> String {
        let text = Some(self.text()).filter(|text| !text.is_empty());
        let parameters = [
            ("where", text),
            ("status", self.status()),
            ("sort", sort),
            ("cursor", cursor),
        ];
        with("/", &parameters)
    }
}

/// Shows the page.
pub(crate) async fn show(
    State(app): Shared,
    Extension(visitor): Looking,
    Parameters(asked): Parameters<Asked>,
) -> Answer {
    let page = Page::new("Models", &visitor).at("/").live(asked.is_first());
    let text = asked.text();
    let filter = match (!text.is_empty()).then(|| Filter::parse(text)).transpose() {
        Ok(filter) => filter,
        Err(error) => {
            let mut response = page.show(&misunderstood(&asked, &error));
            *response.status_mut() = StatusCode::BAD_REQUEST;
            return Ok(response);
        }
    };
    let (query, newest) = (asked.query()?, asked.newest()?);
    let now = Timestamp::now();
    let after = live::newest(&app).await?;
    let (found, count, facets) = tokio::try_join!(
        app.store.search(&query, now),
        app.store.count(&query, now, Some(COUNTED)),
        app.store.facets(&newest, now, FACETS),
    )
    .map_err(Problem::from)?;
    let results = results(&app, &asked, &found, count).await?;
    let live = live::part(asked.rows().as_deref(), &after, &results);
    let body = html! {
        h1 { "Models" }
        (form(&asked, None))
        @if found.items.is_empty() && asked.is_first() { (live) } @else {
            div.split {
                section.main aria-label="Found" { (live) }
                aside aria-label="Narrow it down" { (self::facets(&asked, filter.as_ref(), &facets)) }
            }
        }
    };
    Ok(page.show(&body))
}

/// The part of the page that shows what happens.
pub(crate) async fn rows(State(app): Shared, Parameters(asked): Parameters<Asked>) -> Answer {
    let query = asked.query()?;
    let now = Timestamp::now();
    let (found, count) = tokio::try_join!(
        app.store.search(&query, now),
        app.store.count(&query, now, Some(COUNTED)),
    )
    .map_err(Problem::from)?;
    Ok(fragment(results(&app, &asked, &found, count).await?))
}

async fn is_empty(app: &App) -> Result<bool, Error> {
    let query = SearchQuery::of_every_status(None, Vec::new())?;
    let count = app.store.count(&query, Timestamp::EPOCH, Some(0)).await?;
    Ok(count == Count::Exactly(0))
}

fn form(asked: &Asked, problem: Option<&str>) -> Markup {
    html! {
        search {
            form.search method="get" action="/" {
                label.unseen for="where" { "Search" }
                input #where type="search" name="where" value=(asked.text()) spellcheck="false" autocapitalize="off"
                    placeholder="name ~ \"gpt*\" and metrics.val_loss < 0.4"
                    aria-invalid=[problem.map(|_| "true")] aria-describedby=[problem];
                label.unseen for="status" { "Status" }
                select #status name="status" {
                    @for (value, text) in [("", "in use"), ("retired", "retired"), ("all", "all")] {
                        option value=(value) selected[asked.status().unwrap_or_default() == value] { (text) }
                    }
                }
                @if let Some(sort) = asked.sort() { input type="hidden" name="sort" value=(sort); }
                button type="submit" { "Search" }
            }
        }
        details.help {
            summary { "How to search" }
            ul {
                @for (example, meaning) in EXAMPLES {
                    li { a href=(asked.searching(example, None)) { code { (example) } } " " (meaning) }
                }
            }
        }
    }
}

const EXAMPLES: &[(&str, &str)] = &[
    ("tag = production", "what holds a tag"),
    ("name ~ \"gpt*\"", "names that begin so"),
    ("version in \"^1\"", "versions of a range"),
    ("metrics.val_loss < 0.4 and size < 2 GB", "numbers and units"),
    ("created_at > 7d ago", "the last week"),
];

/// The search as it was typed, with the error below its place.
fn misunderstood(asked: &Asked, error: &SearchError) -> Markup {
    html! {
        h1 { "Models" }
        (form(asked, Some("problem")))
        div #problem.notice.bad role="alert" {
            p { (error.problem()) }
            @if let Some(place) = error.place() {
                @let (before, here, behind) = place.parts();
                pre.place tabindex="0" {
                    (before) mark { @if here.is_empty() { " " } @else { (here) } } (behind) "\n"
                    span aria-hidden="true" {
                        @for _ in before.chars() { " " }
                        @for _ in 0..here.chars().count().max(1) { "^" }
                    }
                }
                p.unseen { "At column " (place.column()) "." }
            }
            @if let Some(expected) = error.expected() { p { "Expected " (expected) "." } }
            @if let Some(search) = named(asked.text()) {
                p { "Search names: " a href=(asked.searching(&search, None)) { code { (search) } } }
            }
            @if let Some(suggestion) = error.suggestion() { p { "Did you mean " code { (suggestion) } "?" } }
        }
    }
}

/// The search of names with a word, which people type first: `gpt` means `name ~ "*gpt*"`.
fn named(text: &str) -> Option<String> {
    let plain = |c: char| c.is_alphanumeric() || "/._- ".contains(c);
    (!text.is_empty() && text.chars().all(plain)).then(|| format!("name ~ \"*{text}*\""))
}

/// What an empty registry says.
fn teach() -> Markup {
    html! {
        section.empty {
            h2 { "No models yet" }
            p { "The first one is registered from a terminal:" }
            pre.command tabindex="0" {
                "registry-cli register --name gpt-small --version 1.0.0 --checkpoint model.pt \\\n  \
                 --task-type language_modeling --config '{\"d_model\": 768}' --metrics '{\"val_loss\": 0.42}'"
            }
            p { "To look around first, " code { "registry-cli demo" } " makes a registry with a story in it." }
        }
    }
}

fn none(asked: &Asked) -> Markup {
    html! {
        section.empty {
            h2 { "No model fits" }
            @if asked.status().is_none() && !asked.text().is_empty() {
                p { a href=(asked.searching(asked.text(), Some("all"))) { "Search retired ones too" } }
            }
            p { a href="/" { "Show all in use" } }
        }
    }
}

/// How many models were found, and the rows of this page; or what to do when there are none.
async fn results(
    app: &App,
    asked: &Asked,
    page: &SearchPage<ModelSummary>,
    count: Count,
) -> Result<Markup, Error> {
    if !page.items.is_empty() || !asked.is_first() {
        return Ok(table(asked, page, count));
    }
    if asked.text().is_empty() && is_empty(app).await? {
        return Ok(teach());
    }
    Ok(none(asked))
}

fn table(asked: &Asked, page: &SearchPage<ModelSummary>, count: Count) -> Markup {
    let (next, previous) = (page.next.as_ref(), page.previous.as_ref());
    let cursor = |cursor: &Cursor| asked.ordered(asked.sort(), Some(&cursor.to_string()));
    let previous = previous.map(cursor);
    let next = next.map(cursor);
    html! {
        p.count data-part="count" {
            @match count {
                Count::Exactly(1) => { "1 model" }
                Count::Exactly(number) => { (thousands(number)) " models" }
                Count::MoreThan(number) => { "more than " (thousands(number)) " models" }
            }
        }
        (row::table("Models", &headings(asked), &page.items, true))
        div data-part="pages" {
            @if next.is_some() || previous.is_some() {
                nav.pages aria-label="Pages" {
                    @if let Some(address) = previous { a rel="prev" href=(address) { "← Before" } }
                    @if !asked.is_first() { a href=(asked.ordered(asked.sort(), None)) { "First" } }
                    @if let Some(address) = next { a rel="next" href=(address) { "More →" } }
                }
            }
        }
    }
}

/// The columns. A second click turns the order.
fn headings(asked: &Asked) -> Vec<Heading> {
    let now = asked.sort().unwrap_or("created_at desc");
    let sorted = |text: &'static str, up: &'static str, down: &'static str, first_down: bool| {
        let state = match now {
            now if now == up => Some("ascending"),
            now if now == down => Some("descending"),
            _ => None,
        };
        let to_down = state.map_or(first_down, |state| state == "ascending");
        let address = asked.ordered(Some(if to_down { down } else { up }), None);
        Heading::Sort(text, address, state)
    };
    vec![
        // Both in one direction: these orders are an index's.
        sorted("Model", "name, version", "name desc, version desc", false),
        sorted(
            "Task",
            "task_type, status, created_at",
            "task_type desc, status desc, created_at desc",
            false,
        ),
        Heading::Plain("Tags"),
        Heading::Plain("Metrics"),
        sorted("Size", "size", "size desc", true),
        sorted("Registered", "created_at", "created_at desc", true),
    ]
}

fn facets(asked: &Asked, filter: Option<&Filter>, facets: &Facets) -> Markup {
    let shown = FacetField::ALL
        .into_iter()
        .filter(|field| !facets.of(*field).is_empty());
    html! {
        @for field in shown {
            section {
                h2 { (heading(field)) }
                ul.facet {
                    @for value in facets.of(field) {
                        li {
                            @match narrowed(asked, filter, field, &value.value) {
                                Some(address) => { a href=(address) { (cut(&value.value, 40)) } }
                                None => { span { (cut(&value.value, 40)) } }
                            }
                            " " span.quiet { (thousands(value.count)) }
                        }
                    }
                }
            }
        }
        @if !facets.models.is_exact() {
            p.quiet { "Of the newest " (thousands(facets.models.number())) "." }
        }
    }
}

fn heading(field: FacetField) -> &'static str {
    match field {
        FacetField::TaskType => "Task",
        FacetField::Status => "Status",
        FacetField::Tag => "Tag",
        FacetField::Name => "Name",
    }
}

/// This search with one more condition; `None` when it has that already, or would be too long.
fn narrowed(asked: &Asked, filter: Option<&Filter>, field: FacetField, value: &str) -> Option<String> {
    let condition = match field {
        FacetField::TaskType => Filter::task_type().equals(value),
        FacetField::Tag => Filter::tag().equals(value),
        FacetField::Name => Filter::name().equals(value),
        FacetField::Status => {
            let status = Some(value).filter(|value| *value != "active");
            return (asked.status() != status).then(|| asked.searching(asked.text(), status));
        }
    };
    let condition = condition.ok()?;
    let both = match filter {
        Some(filter) => {
            let known = filter.tests().len();
            let both = filter.clone().and(condition.clone());
            let is_new = !filter.tests().iter().any(|test| condition.tests().contains(test));
            both.check_limits().ok()?;
            (is_new && both.tests().len() > known).then_some(both)?
        }
        None => condition,
    };
    Some(asked.searching(&both.to_string(), asked.status()))
}
