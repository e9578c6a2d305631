//! The newest events of a store, kept at hand for all who follow it.

use std::collections::VecDeque;

use crate::error::Result;
use crate::event::Event;
use crate::record::EventRecord;

/// How many of the newest events are at hand.
const KEPT: usize = 1_000;
/// How many bytes they take at most, about.
const KEPT_BYTES: usize = 8 << 20;
/// From here on an event is kept as it is stored, since it takes many times the room of its text once it is read.
const LARGE: usize = 4 << 10;
/// How many times, at most about: a number of two bytes becomes a value of thirty-two.
const READ_TIMES: usize = 16;

/// The newest events that a backend has read for those who follow, as many as there is room for. Who is further behind
/// reads for himself.
#[derive(Debug, Default)]
pub struct Recent {
    /// All events after this one that were read are at hand.
    after: i64,
    events: VecDeque<Kept>,
    /// What they take.
    bytes: usize,
}

/// An event, or the row of one that is large or cannot be one; with the bytes that it takes.
#[derive(Debug)]
struct Kept {
    bytes: usize,
    event: Form,
}

#[derive(Debug)]
enum Form {
    Event(Box<Event>),
    Row(Box<EventRecord>),
}

impl Recent {
    /// None yet: the next is after this one.
    pub fn after(last: i64) -> Self {
        Self {
            after: last,
            ..Self::default()
        }
    }

    /// The id of the newest that was read, or where reading began.
    pub fn newest(&self) -> i64 {
        self.events.back().map_or(self.after, Kept::id)
    }

    /// Adds what comes after the newest, in order.
    pub fn add(&mut self, records: Vec<EventRecord>) {
        for record in records {
            let kept = Kept::of(record);
            self.bytes += kept.bytes;
            self.events.push_back(kept);
            while (self.events.len() > KEPT || self.bytes > KEPT_BYTES)
                && let Some(oldest) = self.events.pop_front()
            {
                self.bytes -= oldest.bytes;
                self.after = oldest.id();
            }
        }
    }

    /// The events after this one that were read, at most `take`; `None` where some of them are not at hand any more.
    pub fn at_hand(&self, last: i64, take: i64) -> Option<Vec<Result<Event>>> {
        if last < self.after {
            return None;
        }
        let begin = self.events.partition_point(|kept| kept.id() <= last);
        let events = self.events.range(begin..);
        let events = events.take(usize::try_from(take).unwrap_or(usize::MAX));
        Some(events.map(Kept::event).collect())
    }
}

impl Kept {
    fn of(record: EventRecord) -> Self {
        let texts = [&record.before, &record.after, &record.reason]
            .into_iter()
            .flatten();
        let bytes = size_of::<Event>() + texts.map(String::len).sum::<usize>();
        let read = (bytes <= LARGE).then(|| Event::try_from(record.clone()).ok());
        match read.flatten() {
            Some(event) => Self {
                bytes: bytes * READ_TIMES,
                event: Form::Event(Box::new(event)),
            },
            None => Self {
                bytes,
                event: Form::Row(Box::new(record)),
            },
        }
    }

    fn id(&self) -> i64 {
        match &self.event {
            Form::Event(event) => event.id.0,
            Form::Row(record) => record.event_id,
        }
    }

    fn event(&self) -> Result<Event> {
        match &self.event {
            Form::Event(event) => Ok(event.as_ref().clone()),
            Form::Row(record) => Event::try_from((**record).clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The row of an event.
    fn record(id: i64) -> EventRecord {
        EventRecord {
            event_id: id,
            at: 0,
            kind: "settings_changed".into(),
            actor: "alice".into(),
            reason: None,
            model_id: None,
            name: None,
            version: None,
            tag: None,
            before: None,
            after: None,
            previous_event_id: None,
        }
    }

    #[test]
    fn who_is_further_behind_than_the_oldest_finds_it_so() {
        let mut recent = Recent::after(10);
        assert!(recent.at_hand(9, 5).is_none());
        assert_eq!((recent.newest(), recent.at_hand(10, 5).unwrap().len()), (10, 0));
        recent.add((11..).map(record).take(KEPT).collect());
        assert_eq!(recent.at_hand(10, 5).unwrap().len(), 5);
        assert_eq!(recent.at_hand(10, i64::MAX).unwrap().len(), KEPT);
        recent.add(vec![record(5_000)]);
        assert!(recent.at_hand(10, 5).is_none());
        let ids: Vec<_> = recent
            .at_hand(1_009, 5)
            .unwrap()
            .into_iter()
            .collect::<Result<_>>()
            .unwrap();
        assert_eq!(
            ids.iter().map(|event| event.id.0).collect::<Vec<_>>(),
            [1_010, 5_000]
        );
        // One who has read ahead is not told again.
        assert!(recent.at_hand(6_000, 5).unwrap().is_empty());
    }

    /// Large events are kept as they are stored, and only as many as there is room for.
    #[test]
    fn what_is_at_hand_has_a_bound_of_bytes() {
        let record = |id, numbers| EventRecord {
            after: Some(format!("[0{}]", ",0".repeat(numbers))),
            ..record(id)
        };
        let mut recent = Recent::default();
        recent.add((1..=20).map(|id| record(id, 500_000)).collect());
        assert!((1..20).contains(&recent.events.len()), "{}", recent.events.len());
        assert!(recent.bytes <= KEPT_BYTES);
        assert_eq!(
            (recent.newest(), recent.after),
            (20, 20 - i64::try_from(recent.events.len()).unwrap())
        );
        assert!(
            recent
                .events
                .iter()
                .all(|kept| matches!(kept.event, Form::Row(_)))
        );
        assert_eq!(recent.events[0].event().unwrap().id.0, recent.after + 1);
        // What alone is too large is not at hand, and those after it are.
        recent.add(vec![record(21, KEPT_BYTES)]);
        assert_eq!((recent.events.len(), recent.after, recent.bytes), (0, 21, 0));
        recent.add(vec![record(22, 1)]);
        assert!(matches!(recent.events[0].event, Form::Event(_)));
        assert_eq!(recent.newest(), 22);
    }
}
