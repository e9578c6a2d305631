//! The newest events as they are sent, so that each is written once and not once for everybody who follows.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use registry_core::Event;

/// How many are kept.
const KEPT: usize = 256;
/// The longest text that is kept: the event beside it takes many times its room.
const KEPT_BYTES: usize = 4 << 10;

/// The newest events with their texts, in the order of their ids.
#[derive(Debug, Default)]
pub(crate) struct Encoded(Mutex<VecDeque<(Event, Arc<str>)>>);

impl Encoded {
    /// The text of an event.
    pub(super) fn text(&self, event: &Event) -> Arc<str> {
        if let Some(text) = self.known(event) {
            return text;
        }
        // What can be read can be written.
        let data = serde_json::to_string(event).unwrap_or_default();
        let text: Arc<str> = format!("id: {}\ndata: {data}\n\n", event.id).into();
        if text.len() > KEPT_BYTES {
            return text;
        }
        let mut kept = self.kept();
        // Who reads what is old takes no place from what many wait for.
        if kept.back().is_none_or(|(newest, _)| newest.id < event.id) {
            kept.push_back((event.clone(), Arc::clone(&text)));
            if kept.len() > KEPT {
                kept.pop_front();
            }
        }
        text
    }

    /// It is compared as a whole: behind a registry that was put in another's place, ids mean something else.
    fn known(&self, event: &Event) -> Option<Arc<str>> {
        let kept = self.kept();
        let place = kept.binary_search_by_key(&event.id, |(event, _)| event.id);
        let (known, text) = kept.get(place.ok()?)?;
        (known == event).then(|| Arc::clone(text))
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<(Event, Arc<str>)>> {
        // Nothing that holds the lock can leave it half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use registry_core::{EventId, EventKind, Timestamp};

    use super::*;

    fn event(id: i64, actor: &str) -> Event {
        Event {
            id: EventId(id),
            at: Timestamp::EPOCH,
            kind: EventKind::SettingsChanged,
            actor: actor.parse().unwrap(),
            reason: None,
            model: None,
            tag: None,
            before: serde_json::Value::Null,
            after: serde_json::Value::Null,
            previous: None,
        }
    }

    #[test]
    fn an_event_is_written_once_and_the_newest_are_kept() {
        let encoded = Encoded::default();
        let first = encoded.text(&event(1, "alice"));
        assert!(
            first.starts_with("id: 1\ndata: {\"event_id\":1,") && first.ends_with("}\n\n"),
            "{first}"
        );
        assert!(Arc::ptr_eq(&first, &encoded.text(&event(1, "alice"))));
        for id in 2..1_000 {
            assert!(
                encoded
                    .text(&event(id, "alice"))
                    .contains(&format!("\"event_id\":{id},"))
            );
        }
        assert_eq!(encoded.kept().len(), KEPT);
        let newest = encoded.text(&event(999, "alice"));
        assert!(Arc::ptr_eq(&newest, &encoded.text(&event(999, "alice"))));
        // What is old is written anew and takes no place.
        assert_eq!(first, encoded.text(&event(1, "alice")));
        assert_eq!(encoded.kept().back().unwrap().0.id, EventId(999));
        // A long one is written for each.
        let long = Event {
            after: "a".repeat(KEPT_BYTES).into(),
            ..event(1_000, "alice")
        };
        assert!(!Arc::ptr_eq(&encoded.text(&long), &encoded.text(&long)));
    }

    #[test]
    fn another_event_of_the_same_id_is_another() {
        let encoded = Encoded::default();
        assert!(encoded.text(&event(1, "alice")).contains("alice"));
        assert!(encoded.text(&event(1, "bob")).contains("bob"));
        assert!(encoded.text(&event(1, "alice")).contains("alice"));
    }
}
