//! What an event says in words, from its kind and from what it keeps of before and after.

use registry_core::webhook::WebhookEvent;
use registry_core::{Event, EventKind, ModelRef};
use serde_json::{Map, Value};

use crate::render::Screen;
use crate::render::text::Glyph;

/// A longer value is not shown, only that it changed.
const LONGEST_VALUE: usize = 40;
/// How many changed metrics or metadata keys are spelled out.
const MOST_KEYS: usize = 4;

/// The predicate: `promoted to production, taken from ...`. It may contain what users wrote.
pub(super) fn what(event: &Event, screen: &Screen) -> String {
    let tag = event.tag.as_ref().map_or("a tag", |tag| tag.as_str());
    match event.kind {
        EventKind::Registered => registered(event),
        EventKind::Adopted => adopted(event, screen),
        EventKind::Updated => format!("updated {}", changes(&event.before, &event.after, screen)),
        EventKind::Promoted => format!("promoted to {tag}{}", taken_from(event)),
        EventKind::RolledBack => format!("got {tag} back by a rollback{}", taken_from(event)),
        EventKind::Labelled => format!("labelled {tag}"),
        EventKind::TagLost => match reference(&event.after["lost_to"]) {
            Some(winner) => format!("lost {tag} to {winner}"),
            None => format!("lost {tag}"),
        },
        EventKind::Untagged => format!("tag {tag} removed"),
        EventKind::Retired => "retired".into(),
        EventKind::Restored => "restored".into(),
        EventKind::Deleted => "deleted".into(),
        EventKind::ExportAdded => format!("export {}", export(&event.after, "added")),
        EventKind::ExportUpdated => format!("export {}", export(&event.after, "updated")),
        EventKind::ExportRemoved => format!("export {}", export(&event.before, "removed")),
        EventKind::SettingsChanged => match webhook(event, screen) {
            Some(words) => words,
            None => format!(
                "settings changed: {}",
                changes(&event.before, &event.after, screen)
            ),
        },
    }
}

/// What happened to a webhook, if it is about one.
fn webhook(event: &Event, screen: &Screen) -> Option<String> {
    let (name, change) = WebhookEvent::of(event)?;
    let what = match change {
        WebhookEvent::Changed { before, after } => format!("changed: {}", keys(before, after, screen)),
        WebhookEvent::Deleted => "deleted".into(),
        WebhookEvent::AnotherSecret => "got another secret".into(),
        WebhookEvent::Made { target } => format!("made, to {}", target.unwrap_or("somewhere")),
    };
    Some(format!("webhook {name} {what}"))
}

/// A model, or what the original had kept of one that was deleted.
fn adopted(event: &Event, screen: &Screen) -> String {
    let cell = |value: &Value| match short(value) {
        Some(text) => text,
        None => Glyph::Ellipsis.on(screen).to_owned(),
    };
    let (tag, export) = (&event.before["model_tags"], &event.before["model_exports"]);
    let (row, what) = if event.model.is_some() || (tag.is_null() && export.is_null()) {
        return "taken over from the original registry".into();
    } else if tag.is_null() {
        let (format, path) = (cell(&export["export_format"]), cell(&export["export_path"]));
        (export, format!("{format} export {path}"))
    } else {
        (tag, format!("tag {}", cell(&tag["tag_name"])))
    };
    format!(
        "{what} of the deleted model {} kept from the original registry",
        cell(&row["model_id"])
    )
}

fn registered(event: &Event) -> String {
    match event.after["parent_model_id"].as_i64() {
        Some(parent) => format!("registered, trained from id {parent}"),
        None => "registered".into(),
    }
}

fn taken_from(event: &Event) -> String {
    let losers = event.before["lost_by"].as_array().map_or(&[][..], Vec::as_slice);
    let names: Vec<String> = losers.iter().filter_map(reference).collect();
    if names.is_empty() {
        String::new()
    } else {
        format!(", taken from {}", names.join(", "))
    }
}

fn reference(value: &Value) -> Option<String> {
    let model: ModelRef = serde_json::from_value(value.clone()).ok()?;
    Some(model.to_string())
}

fn export(value: &Value, done: &str) -> String {
    let format = value["export_format"].as_str().unwrap_or("of unknown format");
    match value["export_path"].as_str() {
        Some(path) => format!("{format} {done}: {path}"),
        None => format!("{format} {done}"),
    }
}

/// `task_type (a → b), metrics (loss 0.5 → 0.25), notes (set)`.
pub(super) fn changes(before: &Value, after: &Value, screen: &Screen) -> String {
    let empty = Map::new();
    let fields = after.as_object().unwrap_or(&empty);
    let words = fields.iter().map(|(name, new)| match (&before[name], new) {
        (Value::Object(old), Value::Object(new)) => format!("{name} ({})", keys(old, new, screen)),
        (old, new) => format!("{name} ({})", change(old, new, screen)),
    });
    words.collect::<Vec<_>>().join(", ")
}

fn change(old: &Value, new: &Value, screen: &Screen) -> String {
    match (short(old), short(new)) {
        (_, _) if old.is_null() => "set".into(),
        (_, _) if new.is_null() => "removed".into(),
        (Some(old), Some(new)) => format!("{old} {} {new}", Glyph::Arrow.on(screen)),
        _ => "changed".into(),
    }
}

/// What differs between two objects.
fn keys(old: &Map<String, Value>, new: &Map<String, Value>, screen: &Screen) -> String {
    let absent = Value::Null;
    let removed = old.keys().filter(|key| !new.contains_key(*key));
    let changed: Vec<&String> = new
        .keys()
        .filter(|key| old.get(*key) != new.get(*key))
        .chain(removed)
        .collect();
    if changed.is_empty() {
        return "reordered".into();
    }
    let words = changed.iter().take(MOST_KEYS).map(|key| {
        let (old, new) = (old.get(*key).unwrap_or(&absent), new.get(*key).unwrap_or(&absent));
        format!("{key} {}", change(old, new, screen))
    });
    let mut words: Vec<String> = words.collect();
    if changed.len() > MOST_KEYS {
        words.push(format!("{} more", changed.len() - MOST_KEYS));
    }
    words.join(", ")
}

/// A value that fits into a sentence.
fn short(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Array(_) | Value::Object(_) => return None,
        other => other.to_string(),
    };
    (text.chars().count() <= LONGEST_VALUE).then_some(text)
}
