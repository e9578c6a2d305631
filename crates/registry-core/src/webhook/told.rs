//! What an event says of a webhook.

use serde_json::{Map, Value};

use crate::event::Event;

/// What happened to a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookEvent<'a> {
    /// It was made. Of its address the event has the target, which is no secret.
    Made {
        /// Scheme, host and port.
        target: Option<&'a str>,
    },
    /// It has another secret, which the event does not tell.
    AnotherSecret,
    /// Fields of it were changed.
    Changed {
        /// What they were.
        before: &'a Map<String, Value>,
        /// What they are.
        after: &'a Map<String, Value>,
    },
    /// It was deleted.
    Deleted,
}

impl<'a> WebhookEvent<'a> {
    /// The name of the webhook that an event is about, and what happened to it; `None`: it is about something else.
    pub fn of(event: &'a Event) -> Option<(&'a str, Self)> {
        let (before, after) = (&event.before["webhook"], &event.after["webhook"]);
        let name = [before, after]
            .into_iter()
            .find_map(|side| side["name"].as_str())?;
        let change = match (before.as_object(), after.as_object()) {
            (Some(before), Some(after)) => Self::Changed { before, after },
            (Some(_), None) => Self::Deleted,
            (None, _) if !after["secret"].is_null() => Self::AnotherSecret,
            (None, _) => Self::Made {
                target: after["target"].as_str(),
            },
        };
        Some((name, change))
    }
}
