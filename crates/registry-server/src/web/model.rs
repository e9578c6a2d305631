//! `/models/{id}`: everything that the registry knows of a model.

use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;
use maud::{Markup, html};
use registry_core::{
    Direction, HistoryQuery, Limit, Model, ModelId, Page as Events, RegistryStoreExt as _, Selector, Status,
};

use super::activity::events;
use super::commands::{self, Scheme};
use super::guard::Visitor;
use super::layout::Page;
use super::lineage::{Family, family, picture};
use super::parts::{beginning, name_address, number, size, status, tag_link, thousands, time, with};
use super::{Answer, Looking};
use crate::access::Permission;
use crate::api::Shared;
use crate::http::extract::Segments;

/// How much of each kind is shown: a model may have a thousand metrics and a megabyte of metadata.
const METRICS: usize = 60;
const EXPORTS: usize = 20;
const TAGS: usize = 30;
const CHARACTERS: usize = 4_000;
const EVENTS: u32 = 20;

/// Shows the page.
pub(crate) async fn show(
    State(app): Shared,
    Extension(visitor): Looking,
    Extension(scheme): Extension<Scheme>,
    headers: HeaderMap,
    Segments(id): Segments<String>,
) -> Answer {
    let id: ModelId = id.parse()?;
    let model = app.store.get(&Selector::Id(id)).await?;
    let family = family(app.store.as_ref(), &model).await?;
    let history = HistoryQuery {
        model: Some(id),
        limit: Limit::AtMost(EVENTS),
        ..HistoryQuery::default()
    };
    let history = app.store.history(&history).await?;
    let title = format!("{}@{}", model.name, model.version);
    let body = html! {
        (heading(&model))
        div.split {
            div.main {
                (facts(&model))
                (metrics(&model))
                (lineage(&family, &model))
                (exports(&model))
                (texts(&model))
                (story(&model, &history))
            }
            aside aria-label="What to do with it" {
                (promotion(&model, &visitor))
                h2 { "Use it" }
                (commands::ways(&model, scheme, &headers))
            }
        }
    };
    Ok(Page::new(&title, &visitor).show(&body))
}

/// Leads to the preview of a promotion.
fn promotion(model: &Model, visitor: &Visitor) -> Markup {
    html! {
        @if visitor.may(Permission::Promote) && model.status == Status::Active {
            h2 { "Promote it" }
            form.search method="get" action="/promote" {
                input type="hidden" name="model" value=(model.id);
                label.unseen for="tag" { "Tag" }
                input #tag name="tag" required placeholder="production" spellcheck="false" autocapitalize="off";
                button.plain type="submit" { "Promote…" }
            }
        }
    }
}

fn heading(model: &Model) -> Markup {
    html! {
        h1 { a href=(name_address(&model.name)) { (model.name) } span.quiet { "@" } (model.version) " " (status(model.status)) }
        @if !model.tags.is_empty() {
            ul.chips aria-label="Tags" {
                @for tag in model.tags.iter().take(TAGS) {
                    li { (tag_link(&tag.name)) " " span.quiet { (if tag.promoted { "promoted" } else { "label" }) " since " (time(tag.since)) } }
                }
                @if model.tags.len() > TAGS { li.quiet { "and " (model.tags.len() - TAGS) " more" } }
            }
        }
    }
}

fn facts(model: &Model) -> Markup {
    html! {
        section aria-labelledby="facts" {
            h2 #facts { "Facts" }
            dl {
                dt { "Id" } dd { (model.id) span.quiet { ", version no. " (model.ordinal) " of its name" } }
                dt { "Task" } dd { (model.task_type) }
                dt { "Checkpoint" } dd { code.long { (model.checkpoint_path) } }
                @if let Some(path) = model.checkpoint_absolute.as_ref().filter(|path| **path != model.checkpoint_path) {
                    dt { "Absolute" } dd { code.long { (path) } }
                }
                @if let Some(mb) = model.model_size_mb {
                    dt { "Size" }
                    dd { (size(mb)) @if let Some(bytes) = model.size_bytes { span.quiet { ", " (thousands(bytes)) " bytes" } } }
                }
                @if let Some(memory) = model.memory_req_gb { dt { "Memory" } dd { (number(memory.get())) " GB" } }
                dt { "Config hash" }
                dd {
                    code.long { (model.config_hash) } " "
                    a href=(with("/", &[("where", Some(&format!("config_hash = {}", model.config_hash))), ("status", Some("all"))])) {
                        "same configuration"
                    }
                }
                @if let Some(run) = model.training_run_id { dt { "Training run" } dd { (run) } }
                dt { "Registered" } dd { (time(model.created_at)) " by " (model.created_by) }
                @if model.updated_at != model.created_at { dt { "Changed" } dd { (time(model.updated_at)) } }
                @if !model.declared_formats.is_empty() {
                    dt { "Formats" }
                    dd { @for format in model.export_formats().into_iter().take(EXPORTS) { code { (format) } " " } }
                }
            }
        }
    }
}

fn metrics(model: &Model) -> Markup {
    html! {
        @if !model.metrics.is_empty() {
            section aria-labelledby="metrics" {
                h2 #metrics { "Metrics" }
                table.narrow {
                    thead { tr { th scope="col" { "Metric" } th scope="col" { "Value" } th scope="col" { "Better" } } }
                    tbody {
                        @for (name, value) in model.metrics.iter().take(METRICS) {
                            tr {
                                th scope="row" { (name) }
                                td.number { (number(value)) }
                                td.quiet { (better(Direction::of(name))) }
                            }
                        }
                    }
                }
                @if model.metrics.len() > METRICS { p.quiet { "and " (model.metrics.len() - METRICS) " more" } }
            }
        }
    }
}

pub(super) fn better(direction: Direction) -> &'static str {
    match direction {
        Direction::Lower => "low",
        Direction::Higher => "high",
    }
}

fn lineage(family: &Family, model: &Model) -> Markup {
    html! {
        section aria-labelledby="family" {
            h2 #family { "Lineage" }
            @if family.is_alone() {
                p.quiet { "It has no parent and no children here." }
            } @else { (picture(family, model)) }
        }
    }
}

fn exports(model: &Model) -> Markup {
    html! {
        @if !model.exports.is_empty() {
            section aria-labelledby="exports" {
                h2 #exports { "Exports" }
                div.wide tabindex="0" role="region" aria-labelledby="exports" {
                    table.cards {
                        thead { tr { th scope="col" { "Format" } th scope="col" { "Path" } th scope="col" { "Since" } th scope="col" { "Metadata" } } }
                        tbody {
                            @for export in model.exports.iter().take(EXPORTS) {
                                tr {
                                    th scope="row" { (export.format) }
                                    td { code.long { (export.path) } }
                                    td data-label="Since" { (time(export.created_at)) }
                                    td data-label=[(!export.metadata.is_empty()).then_some("Metadata")] { @if !export.metadata.is_empty() { code.long { (json(&export.metadata, 200)) } } }
                                }
                            }
                        }
                    }
                }
                @if model.exports.len() > EXPORTS { p.quiet { "and " (model.exports.len() - EXPORTS) " more" } }
            }
        }
    }
}

fn texts(model: &Model) -> Markup {
    let pretty = serde_json::to_string_pretty(&model.metadata).unwrap_or_default();
    html! {
        @if let Some(notes) = &model.notes {
            section aria-labelledby="notes" { h2 #notes { "Notes" } (long(notes.as_str(), model, "notes-text")) }
        }
        @if !model.metadata.is_empty() {
            section aria-labelledby="metadata" { h2 #metadata { "Metadata" } (long(&pretty, model, "json")) }
        }
    }
}

fn long(text: &str, model: &Model, class: &str) -> Markup {
    let (text, whole) = beginning(text, CHARACTERS);
    html! {
        pre class=(class) tabindex="0" { (text) @if !whole { "…" } }
        @if !whole { p { a href={ "/api/v1/models/" (model.id) } { "The whole as JSON" } } }
    }
}

fn json(value: &impl serde::Serialize, most: usize) -> String {
    let text = serde_json::to_string(value).unwrap_or_default();
    super::parts::cut(&text, most)
}

fn story(model: &Model, history: &Events<registry_core::Event, registry_core::EventId>) -> Markup {
    html! {
        section aria-labelledby="history" {
            h2 #history { "History" }
            (events(&history.items, false))
            @if history.next.is_some() {
                p { a href=(with("/activity", &[("model_id", Some(&model.id.to_string()))])) { "All of its history" } }
            }
        }
    }
}
