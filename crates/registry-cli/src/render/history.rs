//! The history in words: when, who, what, why.

mod words;

use std::fmt::Write as _;

use registry_core::{Event, Model};
use serde_json::Value;

use super::grid::{Cell, Column, Grid, LongTable};
use super::text::plain;
use super::{Screen, time};

/// What changed in a model: `metrics (val_loss 0.5 → 0.25), notes (set)`.
pub fn changes(before: &Model, after: &Model, screen: &Screen) -> String {
    let (old, mut new) = before.changes_to(after);
    new.shift_remove("updated_at");
    words::changes(&Value::Object(old), &Value::Object(new), screen)
}

/// The next part of a table of events, in the order given, a line for each.
pub fn history(table: &mut LongTable, events: &[Event], screen: &Screen) -> String {
    let mut grid = Grid::new(vec![
        Column::fixed("Event").right(),
        Column::fixed(time::heading("When", screen)),
        Column::text("Who"),
        Column::text("What"),
    ]);
    for event in events {
        grid.row(vec![
            event.id.to_string().into(),
            time::second(event.at, screen).into(),
            plain(event.actor.as_str(), screen).into(),
            Cell::from(plain(&sentence(event, screen), screen)),
        ]);
    }
    table.part(&grid, screen)
}

/// `gpt-small@1.1.0 (id 2): promoted to production, taken from gpt-small@1.0.0 (id 1); reason: better loss`.
fn sentence(event: &Event, screen: &Screen) -> String {
    let subject = match &event.model {
        Some(model) => model.to_string(),
        None => "registry".into(),
    };
    let mut sentence = format!("{subject}: {}", words::what(event, screen));
    if let Some(reason) = &event.reason {
        let _ = write!(sentence, "; reason: {reason}");
    }
    sentence
}

#[cfg(test)]
mod tests {
    use registry_core::{EventId, EventKind};
    use serde_json::{Value, json};

    use super::words::what;
    use super::*;
    use crate::render::testing::{WIDE, a_model, at};

    fn event(kind: EventKind, tag: Option<&str>, before: Value, after: Value) -> Event {
        Event {
            id: EventId(7),
            at: at("2026-01-31T12:00:00Z"),
            kind,
            actor: "alice".parse().unwrap(),
            reason: None,
            model: Some(a_model(2, "gpt-small", "1.1.0").reference()),
            tag: tag.map(|tag| tag.parse().unwrap()),
            before,
            after,
            previous: None,
        }
    }

    #[test]
    fn what_happened_to_a_webhook_is_told_in_words() {
        let hook = |fields: &[(&str, Value)]| {
            let mut hook = json!({ "name": "ci" });
            for (key, value) in fields {
                hook[*key] = value.clone();
            }
            json!({ "webhook": hook })
        };
        let told = |before: Value, after: Value| words(EventKind::SettingsChanged, None, before, after);
        let (on, off) = (json!(true), json!(false));
        let target = ("target", json!("https://ci.example"));
        assert_eq!(
            told(Value::Null, hook(&[target, ("enabled", on.clone())])),
            "webhook ci made, to https://ci.example"
        );
        assert_eq!(
            told(hook(&[("enabled", on)]), hook(&[("enabled", off)])),
            "webhook ci changed: enabled true → false"
        );
        assert_eq!(
            told(Value::Null, hook(&[("secret", json!("rotated"))])),
            "webhook ci got another secret"
        );
        assert_eq!(told(hook(&[]), Value::Null), "webhook ci deleted");
    }

    fn words(kind: EventKind, tag: Option<&str>, before: Value, after: Value) -> String {
        what(&event(kind, tag, before, after), &WIDE)
    }

    #[test]
    fn a_line_for_each_event() {
        let lost_by = json!({ "lost_by": [{ "model_id": 1, "name": "gpt-small", "version": "1.0.0" }] });
        let mut promoted = event(
            EventKind::Promoted,
            Some("production"),
            lost_by,
            json!({ "scope": "registry" }),
        );
        promoted.reason = Some("better\nloss".parse().unwrap());
        assert_eq!(
            history(
                &mut LongTable::default(),
                &[promoted.clone()],
                &Screen {
                    width: usize::MAX,
                    ..WIDE
                }
            ),
            format!(
                "Event  When (UTC)           Who    What\n{}\n    7  2026-01-31 12:00:00  alice  gpt-small@1.1.0 (id 2): \
                 promoted to production, taken from gpt-small@1.0.0 (id 1); reason: better\\nloss\n",
                "─".repeat(100)
            )
        );
        let narrow = Screen { width: 80, ..WIDE };
        let narrow = history(&mut LongTable::default(), &[promoted], &narrow);
        assert!(narrow.lines().all(|line| line.chars().count() <= 80), "{narrow}");
    }

    #[test]
    fn what_a_deleted_model_left_is_named() {
        let row = |before: Value| {
            let mut event = event(EventKind::Adopted, None, before, Value::Null);
            event.model = None;
            sentence(&event, &WIDE)
        };
        assert_eq!(
            row(json!({ "model_tags": { "tag_id": 2, "model_id": 9, "tag_name": "production" } })),
            "registry: tag production of the deleted model 9 kept from the original registry"
        );
        assert_eq!(
            row(
                json!({ "model_exports": { "model_id": "x", "export_format": "onnx", "export_path": "a.onnx" } })
            ),
            "registry: onnx export a.onnx of the deleted model x kept from the original registry"
        );
        assert_eq!(
            words(EventKind::Adopted, None, json!({ "version": "v2" }), Value::Null),
            "taken over from the original registry"
        );
    }

    #[test]
    fn every_kind_has_words() {
        use EventKind::{
            Deleted, ExportAdded, Labelled, RolledBack, SettingsChanged, TagLost, Untagged, Updated,
        };
        let none = || Value::Null;
        let other = json!({ "model_id": 1, "name": "a", "version": "1.0.0" });
        assert_eq!(words(Labelled, Some("best"), none(), none()), "labelled best");
        assert_eq!(
            words(TagLost, Some("best"), none(), json!({ "lost_to": other })),
            "lost best to a@1.0.0 (id 1)"
        );
        assert_eq!(
            words(RolledBack, Some("best"), json!({ "lost_by": [other] }), none()),
            "got best back by a rollback, taken from a@1.0.0 (id 1)"
        );
        assert_eq!(
            words(Untagged, Some("best"), json!({ "promoted": true }), none()),
            "tag best removed"
        );
        assert_eq!(
            words(
                Updated,
                None,
                json!({ "task_type": "a", "notes": null }),
                json!({ "task_type": "b", "notes": "n" })
            ),
            "updated task_type (a → b), notes (set)"
        );
        assert_eq!(
            words(
                Updated,
                None,
                json!({ "metrics": { "loss": 0.5, "same": 1 } }),
                json!({ "metrics": { "loss": 0.25, "same": 1, "new": 2 } })
            ),
            "updated metrics (loss 0.5 → 0.25, new set)"
        );
        assert_eq!(
            words(
                ExportAdded,
                None,
                none(),
                json!({ "export_format": "onnx", "export_path": "m.onnx" })
            ),
            "export onnx added: m.onnx"
        );
        assert_eq!(
            words(Deleted, None, json!({ "version": "1.1.0" }), none()),
            "deleted"
        );
        assert_eq!(
            words(
                SettingsChanged,
                None,
                json!({ "promotion-scope": "registry" }),
                json!({ "promotion-scope": "name" })
            ),
            "settings changed: promotion-scope (registry → name)"
        );
        for kind in EventKind::ALL {
            assert!(!words(*kind, None, none(), none()).is_empty());
        }
    }
}
