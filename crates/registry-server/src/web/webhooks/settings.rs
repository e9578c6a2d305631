//! The fields of what can be said of a webhook, and what was filled in.

use maud::{Markup, html};
use registry_core::webhook::{WebhookFilter, WebhookUrl};
use registry_core::{EventKind, WebhookName};

use crate::http::problem::Problem;

/// What a form says of a webhook.
pub(super) struct Settings {
    pub(super) name: WebhookName,
    pub(super) url: WebhookUrl,
    pub(super) filter: WebhookFilter,
}

/// The fields, with what they hold.
pub(super) fn fields(name: &str, url: &str, filter: &WebhookFilter) -> Markup {
    let lines = |patterns: Vec<&str>| patterns.join("\n");
    html! {
        label for="name" { "Name" }
        input #name name="name" value=(name) required maxlength="128" autocomplete="off" spellcheck="false" autocapitalize="off";
        label for="url" { "Address" }
        input #url name="url" value=(url) type="url" required maxlength="2048" placeholder="https://ci.example/hook" autocomplete="off" spellcheck="false" aria-describedby="url-help";
        p #url-help.quiet { "Where messages are sent, of the public internet unless the server is told otherwise." }
        fieldset {
            legend { "Only these events" }
            p.quiet { "None chosen: all." }
            div.choices {
                @for kind in EventKind::ALL {
                    label { input type="checkbox" name="kind" value=(kind) checked[filter.kinds().contains(kind)]; " " (kind) }
                }
            }
        }
        label for="names" { "Only of models whose name fits one of these" }
        textarea #names name="names" rows="2" maxlength="13000" placeholder="team-a/*" spellcheck="false" autocapitalize="off" aria-describedby="names-help" { (lines(filter.names().collect())) }
        p #names-help.quiet { "One pattern to a line, at most 50." }
        label for="tags" { "Only with a tag that fits one of these" }
        textarea #tags name="tags" rows="2" maxlength="13000" placeholder="production" spellcheck="false" autocapitalize="off" aria-describedby="tags-help" { (lines(filter.tags().collect())) }
        p #tags-help.quiet { "One pattern to a line, at most 50." }
    }
}

/// The first value of a field.
pub(super) fn value<'f>(fields: &'f [(String, String)], wanted: &str) -> Option<&'f str> {
    let mut all = fields.iter();
    let (_, value) = all.find(|(name, _)| name == wanted)?;
    Some(value.trim())
}

/// What was filled in.
pub(super) fn settings(given: &[(String, String)]) -> Result<Settings, Problem> {
    let kinds = given.iter().filter(|(name, _)| name == "kind");
    let kinds: Vec<EventKind> = kinds
        .map(|(_, kind)| kind.parse())
        .collect::<registry_core::Result<_>>()?;
    let patterns = |field: &str| {
        let lines = value(given, field).unwrap_or_default().lines();
        let lines = lines.map(str::trim).filter(|line| !line.is_empty());
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    Ok(Settings {
        name: WebhookName::parse(value(given, "name").unwrap_or_default())?,
        url: WebhookUrl::parse(value(given, "url").unwrap_or_default())?,
        filter: WebhookFilter::new(kinds, patterns("names"), patterns("tags"))?,
    })
}
