//! `/activity`: what happened, newest first; and the same rows on the pages of models and names.

use axum::Extension;
use axum::extract::State;
use maud::{Markup, html};
use registry_core::webhook::WebhookEvent;
use registry_core::{Event, EventId, EventKind, HistoryQuery, Limit, ModelName, TagName};
use serde::Deserialize;
use serde_json::Value;

use super::layout::{Page, fragment};
use super::live;
use super::parts::{beginning, cut, model_link, tag_link, time, with};
use super::{Answer, Looking};
use crate::api::Shared;
use crate::http::extract::Parameters;
use crate::http::problem::Problem;

/// How many events a page has.
const EVENTS: u32 = 50;
/// How much of a change is shown.
const CHANGE: usize = 120;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    model_id: Option<String>,
    name: Option<String>,
    tag: Option<String>,
    before: Option<String>,
}

fn given(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

impl Asked {
    fn query(&self) -> Result<HistoryQuery, Problem> {
        let before = given(self.before.as_ref()).map(str::parse::<i64>).transpose();
        let before = before.map_err(|_| Problem::bad_request("`before` is not the number of an event"))?;
        Ok(HistoryQuery {
            model: given(self.model_id.as_ref()).map(str::parse).transpose()?,
            name: given(self.name.as_ref()).map(ModelName::parse).transpose()?,
            tag: given(self.tag.as_ref()).map(TagName::parse).transpose()?,
            limit: Limit::AtMost(EVENTS),
            before: before.map(EventId),
        })
    }

    /// The same events at another address, or those before one.
    fn at(&self, path: &str, before: Option<&str>) -> String {
        let parameters = [
            ("model_id", given(self.model_id.as_ref())),
            ("name", given(self.name.as_ref())),
            ("tag", given(self.tag.as_ref())),
            ("before", before),
        ];
        with(path, &parameters)
    }
}

/// Shows the page.
pub(crate) async fn show(
    State(app): Shared,
    Extension(visitor): Looking,
    Parameters(asked): Parameters<Asked>,
) -> Answer {
    let query = asked.query()?;
    let after = live::newest(&app).await?;
    let found = app.store.history(&query).await?;
    let is_first = query.before.is_none();
    let rows = is_first.then(|| asked.at("/activity/rows", None));
    let id = query.model.map(|id| id.to_string());
    let body = html! {
        h1 { "Activity" }
        search {
            form.search method="get" action="/activity" {
                label for="name" { "Name" }
                input #name name="name" value=(given(asked.name.as_ref()).unwrap_or_default()) spellcheck="false";
                label for="tag" { "Tag" }
                input #tag name="tag" value=(given(asked.tag.as_ref()).unwrap_or_default()) spellcheck="false";
                @if let Some(id) = &id { input type="hidden" name="model_id" value=(id); }
                button type="submit" { "Show" }
            }
        }
        @if let Some(id) = &id {
            p { "Only of model " a href={ "/models/" (id) } { (id) } ". " a href="/activity" { "Show all" } }
        }
        (live::part(rows.as_deref(), &after, &entries(&asked, &found)))
    };
    let page = Page::new("Activity", &visitor).at("/activity").live(is_first);
    Ok(page.show(&body))
}

/// The part of the page that shows what happens.
pub(crate) async fn rows(State(app): Shared, Parameters(asked): Parameters<Asked>) -> Answer {
    let found = app.store.history(&asked.query()?).await?;
    Ok(fragment(entries(&asked, &found)))
}

fn entries(asked: &Asked, found: &registry_core::Page<Event, EventId>) -> Markup {
    let next = found
        .next
        .map(|next| asked.at("/activity", Some(&next.to_string())));
    html! {
        @if found.items.is_empty() {
            section.empty {
                h2 { "Nothing has happened here" }
                p { "Every write leaves an entry: who, when, what, and why if they said so." }
            }
        } @else { (events(&found.items, true)) }
        div data-part="pages" {
            @if let Some(address) = next { nav.pages aria-label="Pages" { a rel="next" href=(address) { "Earlier →" } } }
        }
    }
}

/// Events as a list; with the model of each, unless the page is about one.
pub(super) fn events(events: &[Event], with_model: bool) -> Markup {
    html! {
        ol.events data-rows {
            @for event in events {
                li data-key=(event.id) {
                    span.when { (time(event.at)) }
                    span.what {
                        (told(event, with_model))
                        @if let Some(reason) = &event.reason { " " q.reason { (cut(reason.as_str(), 400)) } }
                        @if event.kind == EventKind::Updated || event.kind == EventKind::SettingsChanged { (change(event)) }
                    }
                }
            }
        }
    }
}

/// What happened, in words: the verb, then the model and the tag with a word between them, in this order or the other.
struct Words {
    verb: &'static str,
    between: &'static str,
    model_first: bool,
}

fn words(kind: EventKind) -> Words {
    let (verb, between, model_first) = match kind {
        EventKind::Registered => ("registered", "", true),
        EventKind::Adopted => ("took over from the original", "", true),
        EventKind::Updated => ("changed", "", true),
        EventKind::Promoted => ("promoted", "to", true),
        EventKind::RolledBack => ("rolled back", "to", false),
        EventKind::Labelled => ("labelled", "as", true),
        EventKind::TagLost => ("took", "from", false),
        EventKind::Untagged => ("removed", "from", false),
        EventKind::Retired => ("retired", "", true),
        EventKind::Restored => ("restored", "", true),
        EventKind::Deleted => ("deleted", "", true),
        EventKind::ExportAdded => ("added an export to", "", true),
        EventKind::ExportUpdated => ("changed an export of", "", true),
        EventKind::ExportRemoved => ("removed an export of", "", true),
        EventKind::SettingsChanged => ("changed the settings", "", true),
    };
    Words {
        verb,
        between,
        model_first,
    }
}

fn told(event: &Event, with_model: bool) -> Markup {
    if let Some((name, change)) = WebhookEvent::of(event) {
        let verb = match change {
            WebhookEvent::Made { .. } => "made the webhook",
            WebhookEvent::AnotherSecret => "gave another secret to the webhook",
            WebhookEvent::Changed { .. } => "changed the webhook",
            WebhookEvent::Deleted => "deleted the webhook",
        };
        return html! { strong { (event.actor) } " " (verb) " " code { (name) } };
    }
    let words = words(event.kind);
    let model = event.model.as_ref().map(|model| {
        html! { @if with_model { (model_link(model)) } @else { "this model" } }
    });
    let tag = event.tag.as_ref().map(tag_link);
    let (first, second) = if words.model_first {
        (model, tag)
    } else {
        (tag, model)
    };
    html! {
        strong { (event.actor) } " " (words.verb)
        @if let Some(first) = first { " " (first) }
        @if let Some(second) = second { " " (words.between) " " (second) }
    }
}

/// The fields that changed, each before and after.
fn change(event: &Event) -> Markup {
    match (WebhookEvent::of(event), &event.before, &event.after) {
        (Some((_, WebhookEvent::Changed { before, after })), _, _) => {
            let differs = after
                .iter()
                .filter(|(field, value)| before.get(*field) != Some(*value));
            fields(differs, |field| before.get(field))
        }
        (Some((_, WebhookEvent::Made { target: Some(target) })), _, _) => {
            html! { ", to " (cut(target, 100)) }
        }
        (None, before, Value::Object(after)) => fields(after.iter(), |field| before.get(field)),
        _ => html! {},
    }
}

fn fields<'a>(
    after: impl Iterator<Item = (&'a String, &'a Value)>,
    before: impl Fn(&str) -> Option<&'a Value>,
) -> Markup {
    html! {
        ul.change {
            @for (field, value) in after.take(10) {
                li { code { (cut(field, 40)) } " " del { (short(before(field))) } " → " ins { (short(Some(value))) } }
            }
        }
    }
}

fn short(value: Option<&Value>) -> String {
    let text = match value {
        None | Some(Value::Null) => return "nothing".into(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    };
    let (text, whole) = beginning(&text, CHANGE);
    format!("{text}{}", if whole { "" } else { "…" })
}
