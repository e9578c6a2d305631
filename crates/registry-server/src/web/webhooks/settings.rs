//! The fields of what can be said of a webhook, and what was filled in.

use maud::{Markup, html};
use registry_core::webhook::{Webhook, WebhookFilter, WebhookUrl};
use registry_core::{Error, EventKind, WebhookName};

use super::super::form::{Mistake, Refused};
use crate::http::problem::Problem;

/// What a form says of a webhook.
pub(super) struct Settings {
    pub(super) name: WebhookName,
    pub(super) url: WebhookUrl,
    pub(super) filter: WebhookFilter,
}

/// What the fields hold, whether it makes sense or not.
#[derive(Debug, Default)]
pub(super) struct Filled {
    name: String,
    url: String,
    kinds: Vec<String>,
    names: String,
    tags: String,
}

impl Filled {
    /// What a webhook is.
    pub(super) fn of(webhook: &Webhook) -> Self {
        let filter = &webhook.filter;
        let lines = |patterns: Vec<&str>| patterns.join("\n");
        Self {
            name: webhook.name.as_str().to_owned(),
            url: webhook.url.as_str().to_owned(),
            kinds: filter.kinds().iter().map(ToString::to_string).collect(),
            names: lines(filter.names().collect()),
            tags: lines(filter.tags().collect()),
        }
    }

    /// What was sent.
    pub(super) fn sent(fields: &[(String, String)]) -> Self {
        let text = |field: &str| value(fields, field).unwrap_or_default().to_owned();
        let kinds = fields.iter().filter(|(name, _)| name == "kind");
        Self {
            name: text("name"),
            url: text("url"),
            kinds: kinds.map(|(_, kind)| kind.clone()).collect(),
            names: text("names"),
            tags: text("tags"),
        }
    }

    /// What it means; or which field makes no sense.
    pub(super) fn settings(&self) -> Result<Settings, Refused> {
        let kinds = self.kinds.iter().map(|kind| kind.parse::<EventKind>());
        let kinds: Vec<EventKind> = kinds.collect::<Result<_, _>>().map_err(Refused::of("kind"))?;
        let lines = |text: &str| {
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        let (names, tags) = (lines(&self.names), lines(&self.tags));
        // Alone first, so that the one that makes no sense is known.
        WebhookFilter::new([], names.clone(), Vec::<String>::new()).map_err(Refused::of("names"))?;
        Ok(Settings {
            name: WebhookName::parse(self.name.as_str()).map_err(Refused::of("name"))?,
            url: WebhookUrl::parse(self.url.as_str()).map_err(Refused::of("url"))?,
            filter: WebhookFilter::new(kinds, names, tags).map_err(Refused::of("tags"))?,
        })
    }
}

/// What the registry refuses, where it is about what was filled in. Everything else is no matter of the form.
pub(super) fn refused(error: Error) -> Result<Refused, Problem> {
    let field = match &error {
        Error::WebhookExists { .. } => Some("name"),
        Error::TooManyWebhooks { .. } | Error::IdempotencyKeyReused { .. } => None,
        _ => return Err(error.into()),
    };
    let was_sent = matches!(error, Error::IdempotencyKeyReused { .. });
    let mut problem = Problem::from(error);
    if was_sent {
        problem = problem
            .hinted("this form has made another webhook before; send it once more to make this one too");
    }
    Ok(Refused { field, problem })
}

/// The fields, with what they hold and what is wrong with it.
pub(super) fn fields(filled: &Filled, mistake: Mistake<'_>) -> Markup {
    let invalid = |field: &str| mistake.is_at(field).then_some("true");
    html! {
        label for="name" { "Name" }
        input #name name="name" value=(filled.name) required maxlength="128" autocomplete="off" spellcheck="false" autocapitalize="off"
            autofocus[mistake.is_at("name")] aria-invalid=[invalid("name")] aria-describedby=[mistake.described("name", None)];
        (mistake.beside("name"))
        label for="url" { "Address" }
        input #url name="url" value=(filled.url) type="url" required maxlength="2048" placeholder="https://ci.example/hook" autocomplete="off" spellcheck="false"
            autofocus[mistake.is_at("url")] aria-invalid=[invalid("url")] aria-describedby=[mistake.described("url", Some("url-help"))];
        (mistake.beside("url"))
        p #url-help.quiet { "Where messages are sent, of the public internet unless the server is told otherwise." }
        fieldset aria-describedby=[mistake.described("kind", None)] {
            legend { "Only these events" }
            p.quiet { "None chosen: all." }
            div.choices {
                @for kind in EventKind::ALL {
                    label { input type="checkbox" name="kind" value=(kind) checked[filled.kinds.iter().any(|chosen| chosen == kind.as_str())]; " " (kind) }
                }
            }
            (mistake.beside("kind"))
        }
        (patterns("names", "Only of models whose name fits one of these", "team-a/*", &filled.names, mistake))
        (patterns("tags", "Only with a tag that fits one of these", "production", &filled.tags, mistake))
    }
}

fn patterns(field: &str, title: &str, example: &str, text: &str, mistake: Mistake<'_>) -> Markup {
    let help = format!("{field}-help");
    html! {
        label for=(field) { (title) }
        textarea id=(field) name=(field) rows="2" maxlength="13000" placeholder=(example) spellcheck="false" autocapitalize="off"
            autofocus[mistake.is_at(field)] aria-invalid=[mistake.is_at(field).then_some("true")]
            aria-describedby=[mistake.described(field, Some(&help))] { (text) }
        (mistake.beside(field))
        p.quiet id=(help) { "One pattern to a line, at most 50." }
    }
}

/// The first value of a field.
pub(super) fn value<'f>(fields: &'f [(String, String)], wanted: &str) -> Option<&'f str> {
    let mut all = fields.iter();
    let (_, value) = all.find(|(name, _)| name == wanted)?;
    Some(value.trim())
}
