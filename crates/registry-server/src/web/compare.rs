//! `/compare`: models beside each other. The address holds them, so it can be shared.

use axum::Extension;
use axum::extract::State;
use maud::{Markup, html};
use registry_core::{Comparison, MetricColumn, Model, ModelId, RegistryStoreExt as _, Selector, TagName};

use super::layout::Page;
use super::model::better;
use super::parts::{cut, model_link, number, size, status, tag_link, time};
use super::plots::plots;
use super::{Answer, Looking};
use crate::api::Shared;
use crate::app::App;
use crate::http::extract::Parameters;
use crate::http::problem::Problem;

/// How many models.
const MODELS: usize = 10;
/// How many metrics.
const METRICS: usize = 60;
/// How many entries of metadata.
const ENTRIES: usize = 30;
/// How many tags of a model.
const TAGS: usize = 6;
/// How much of a text a cell shows.
const CHARACTERS: usize = 48;

/// Shows the page.
pub(crate) async fn show(
    State(app): Shared,
    Extension(visitor): Looking,
    Parameters(pairs): Parameters<Vec<(String, String)>>,
) -> Answer {
    let given = pairs.iter().filter(|(name, _)| name == "ids");
    let given: Vec<&str> = given
        .flat_map(|(_, value)| value.split(','))
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .collect();
    if given.len() > MODELS {
        return Err(
            Problem::bad_request(format!("a page compares at most {MODELS} models"))
                .hinted("choose fewer, or use `registry-cli compare`"),
        );
    }
    let (ids, mut missing) = resolve(&app, &given).await?;
    let comparison = app.store.compare(&ids, None, None).await?;
    missing.extend(comparison.missing.iter().map(ToString::to_string));
    let body = html! {
        h1 { "Compare" }
        @if !missing.is_empty() {
            div.notice.bad role="alert" { p { "Not in the registry: " (cut(&missing.join(", "), 400)) } }
        }
        @if comparison.models.is_empty() {
            section.empty {
                h2 { "Nothing to compare yet" }
                p { "Choose models in the " a href="/" { "list" } ", or name them here." }
            }
        } @else { (table(&comparison)) (plots(&comparison)) }
        @if comparison.models.len() < MODELS { (add(&comparison)) }
    };
    Ok(Page::new("Compare", &visitor).show(&body))
}

/// The ids in the order asked, each once, and what names nothing.
async fn resolve(app: &App, given: &[&str]) -> Result<(Vec<ModelId>, Vec<String>), Problem> {
    let (mut ids, mut missing) = (Vec::new(), Vec::new());
    for text in given {
        let id = match Selector::parse(text)? {
            Selector::Id(id) => Some(id),
            selector => app.store.find(&selector).await?.map(|model| model.id),
        };
        match id {
            Some(id) if ids.contains(&id) => {}
            Some(id) => ids.push(id),
            None => missing.push((*text).to_owned()),
        }
    }
    Ok((ids, missing))
}

fn add(comparison: &Comparison) -> Markup {
    html! {
        form.search method="get" action="/compare" {
            @for model in &comparison.models { input type="hidden" name="ids" value=(model.id); }
            label for="more" { "Add a model" }
            input #more name="ids" required placeholder="name@version or id" spellcheck="false";
            button.plain type="submit" { "Add" }
        }
    }
}

fn table(comparison: &Comparison) -> Markup {
    let models = &comparison.models;
    html! {
        div.wide tabindex="0" role="region" aria-label="Comparison" {
            table.compare {
                thead {
                    tr {
                        td {}
                        @for model in models {
                            th scope="col" { (model_link(&model.reference())) " " (status(model.status)) }
                        }
                    }
                }
                tbody {
                    tr.group { th scope="rowgroup" colspan=(models.len() + 1) { "Metrics" } }
                    @for metric in comparison.metrics.iter().take(METRICS) { (measured(metric)) }
                    @if comparison.metrics.len() > METRICS {
                        tr { th scope="row" { "…" } td.quiet colspan=(models.len()) { "and " (comparison.metrics.len() - METRICS) " more" } }
                    }
                }
                tbody {
                    tr.group { th scope="rowgroup" colspan=(models.len() + 1) { "Facts" } }
                    (facts(comparison))
                }
                @let keys = keys(models);
                @if !keys.is_empty() {
                    tbody {
                        tr.group { th scope="rowgroup" colspan=(models.len() + 1) { "Metadata" } }
                        @for key in &keys {
                            @let value = |model: &Model| model.metadata.as_map().get(*key).map(ToString::to_string).unwrap_or_default();
                            (line(cut(key, CHARACTERS).as_str(), comparison, &value))
                        }
                    }
                }
            }
        }
        p.quiet { "★ is the best value; ≠ marks what is not the same for all." }
    }
}

/// One metric over the models. A star marks the best for those who see no colours.
fn measured(metric: &MetricColumn) -> Markup {
    let several = metric.values.iter().flatten().count() > 1;
    html! {
        tr {
            th scope="row" { (cut(metric.name.as_str(), CHARACTERS)) " " span.quiet { (better(metric.direction)) } }
            @for value in &metric.values {
                @match value {
                    Some(value) if several && metric.best == Some(*value) => { td.number.best { "★ " (number(*value)) } }
                    Some(value) => { td.number { (number(*value)) } }
                    None => { td.number.quiet { "–" } }
                }
            }
        }
    }
}

fn facts(comparison: &Comparison) -> Markup {
    html! {
        (line("Task", comparison, &|model| model.task_type.to_string()))
        (told("Config hash", comparison, &|model| model.config_hash.clone(), &|model| cut(model.config_hash.as_str(), 16)))
        (told("Size", comparison, &|model| model.model_size_mb, &|model| model.model_size_mb.map(size).unwrap_or_default()))
        (line("Memory", comparison, &|model| model.memory_req_gb.map(|gb| format!("{} GB", number(gb.get()))).unwrap_or_default()))
        (line("Parent", comparison, &|model| model.parent.map(|id| id.to_string()).unwrap_or_default()))
        (line("Registered by", comparison, &|model| model.created_by.to_string()))
        (shown("Registered", comparison, &|model| model.created_at, &|model| time(model.created_at)))
        (shown("Tags", comparison, &|model| held(model), &|model| tags(model)))
    }
}

/// The tags that a model holds, whenever it got them.
fn held(model: &Model) -> Vec<TagName> {
    model.tags.iter().map(|tag| tag.name.clone()).collect()
}

fn tags(model: &Model) -> Markup {
    html! { @for tag in model.tags.iter().take(TAGS) { (tag_link(&tag.name)) " " } }
}

/// One text over the models, and whether it is the same for all.
fn line(title: &str, comparison: &Comparison, text: &dyn Fn(&Model) -> String) -> Markup {
    told(title, comparison, text, text)
}

/// A value over the models, and whether it is the same for all; the text of two that differ may be the same.
fn told<T: PartialEq>(
    title: &str,
    comparison: &Comparison,
    value: &dyn Fn(&Model) -> T,
    text: &dyn Fn(&Model) -> String,
) -> Markup {
    shown(title, comparison, value, &|model| {
        let text = text(model);
        html! { @if text.is_empty() { span.quiet { "–" } } @else { span.long { (cut(&text, CHARACTERS)) } } }
    })
}

/// A value over the models as each cell shows it, and whether it is the same for all.
fn shown<T: PartialEq>(
    title: &str,
    comparison: &Comparison,
    value: &dyn Fn(&Model) -> T,
    cell: &dyn Fn(&Model) -> Markup,
) -> Markup {
    let differs = !comparison.agree(value);
    html! {
        tr.differs[differs] {
            th scope="row" { (title) @if differs { span.unseen { " differs" } } }
            @for model in &comparison.models { td { (cell(model)) } }
        }
    }
}

/// The entries of metadata that the models have, in the order in which they are met.
fn keys(models: &[Model]) -> Vec<&str> {
    let mut keys: Vec<&str> = Vec::new();
    for key in models.iter().flat_map(|model| model.metadata.as_map().keys()) {
        if keys.len() < ENTRIES && !keys.contains(&key.as_str()) {
            keys.push(key);
        }
    }
    keys
}
