//! Models as rows of a table, which can be chosen for a comparison.

use maud::{Markup, html};
use registry_core::search::ModelSummary;

use super::parts::{cut, name_address, number, size, status, tag_link, time};

/// How much of a model a row shows: pages must not grow with what people put into names and tags.
const TAGS: usize = 5;
const METRICS: usize = 3;
const CHARACTERS: usize = 60;

/// How a column is headed.
pub(super) enum Heading {
    /// By its name.
    Plain(&'static str),
    /// By a link that sorts: the text, the address, and how the rows are sorted by it now.
    Sort(&'static str, String, Option<&'static str>),
}

/// A table of models. With `names`, each row leads to its name's page too.
pub(super) fn table(caption: &str, headings: &[Heading], models: &[ModelSummary], names: bool) -> Markup {
    html! {
        form.rows method="get" action="/compare" {
            div.wide tabindex="0" role="region" aria-label=(caption) {
                table {
                    caption.unseen { (caption) }
                    thead {
                        tr {
                            th scope="col" { span.unseen { "Compare" } }
                            @for heading in headings { (head(heading)) }
                        }
                    }
                    tbody data-rows { @for model in models { (row(model, names)) } }
                }
            }
            p.actions { button type="submit" { "Compare the chosen ones" } }
        }
    }
}

fn head(heading: &Heading) -> Markup {
    html! {
        @match heading {
            Heading::Plain(text) => { th scope="col" { (text) } }
            Heading::Sort(text, address, sorted) => {
                th scope="col" aria-sort=[*sorted] {
                    a href=(address) {
                        (text)
                        @if *sorted == Some("ascending") { " ↑" } @else if *sorted == Some("descending") { " ↓" }
                    }
                }
            }
        }
    }
}

fn row(model: &ModelSummary, names: bool) -> Markup {
    let name = cut(model.name.as_str(), CHARACTERS);
    let version = cut(&model.version.to_string(), CHARACTERS);
    html! {
        tr data-key=(model.id) data-model=(model.id) data-title={ (name) "@" (version) } {
            td {
                input type="checkbox" name="ids" value=(model.id)
                    aria-label={ "Compare " (name) "@" (version) };
            }
            th scope="row" {
                @if names { a.name href=(name_address(&model.name)) { (name) } " " }
                a.version href={ "/models/" (model.id) } { (version) }
                " " (status(model.status))
            }
            td { (cut(model.task_type.as_str(), CHARACTERS)) }
            td.tags {
                @for tag in model.tags.iter().take(TAGS) { (tag_link(tag)) " " }
                @if model.tags.len() > TAGS { span.quiet { "+" (model.tags.len() - TAGS) } }
            }
            td.metrics {
                @for (name, value) in model.metrics.iter().take(METRICS) {
                    span.metric { span.quiet { (cut(name.as_str(), 30)) } " " (number(value)) } " "
                }
                @if model.metrics.len() > METRICS { span.quiet { "+" (model.metrics.len() - METRICS) } }
            }
            td.number { @if let Some(mb) = model.model_size_mb { (size(mb)) } }
            td { (time(model.created_at)) " " span.quiet { (cut(model.created_by.as_str(), 30)) } }
        }
    }
}
