//! The events of a piece: first those that come along, then those of tags that are lost by the merge.

use serde_json::json;

use super::super::report::Conflict;
use super::{MEANWHILE, Merging, Piece};
use crate::backend::Change;
use crate::backend::sequence::enough;
use crate::copy::PIECE;
use crate::error::{Error, Result};
use crate::event::{Event, EventKind};
use crate::identifier::ModelRef;
use crate::record::EventRecord;
use crate::text::TagName;

impl Merging<'_> {
    pub(super) async fn events(&mut self, piece: &mut Piece<'_>, lines: &[i64]) -> Result<()> {
        let everything = lines.len() == self.survey.new_lines().count();
        if !everything {
            let events = piece.source.events_of(lines).await?;
            for page in events.chunks(usize::try_from(PIECE).unwrap_or(usize::MAX)) {
                self.append(piece, page.to_vec()).await?;
            }
            return Ok(());
        }
        let mut after = i64::MIN;
        loop {
            let page = piece.source.events(after, PIECE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.event_id;
            let comes = |event: &EventRecord| event.model_id.is_some_and(|id| piece.lines.contains(&id));
            let page: Vec<EventRecord> = page.into_iter().filter(comes).collect();
            self.append(piece, page).await?;
        }
    }

    async fn append(&mut self, piece: &mut Piece<'_>, page: Vec<EventRecord>) -> Result<()> {
        let count = page.len();
        self.not_told(piece, &page).await?;
        let ids = piece.writer.next_event_ids(count).await?;
        enough(ids.len(), count, "events")?;
        let mut events = Vec::with_capacity(count);
        for (event, id) in page.into_iter().zip(ids) {
            let (old, previous) = (event.event_id, event.previous_event_id);
            let mut event = piece.numbering.event(self.survey, event)?;
            event.event_id = id;
            event.previous_event_id = match previous {
                Some(previous) => self.event_there(piece, previous).await?,
                None => None,
            };
            let record = event.clone();
            let event = Event::try_from(event)?;
            if event.kind.gives_tag() {
                self.given.insert(old, id);
            }
            events.push((record, event));
        }
        write(piece, events).await?;
        self.report.events += count as u64;
        self.step(count);
        Ok(())
    }

    /// Others may have merged the same history since both were compared. Models are looked for as such; of one that was
    /// deleted its first event tells.
    async fn not_told(&mut self, piece: &mut Piece<'_>, page: &[EventRecord]) -> Result<()> {
        for event in page {
            let Some(id) = event.model_id else { continue };
            let deleted = self.survey.lines.get(&id).is_some_and(|line| !line.alive);
            if !deleted || !self.told.insert(id) {
                continue;
            }
            let told = piece.writer.told(event).await?;
            let first = piece.first_event.unwrap_or(i64::MAX);
            if told.is_some_and(|told| told.event_id < first) {
                return Err(Error::MergeConflict {
                    location: self.report.to.clone(),
                    conflicts: vec![Conflict {
                        name: event.name.clone().unwrap_or_default(),
                        version: event.version.clone().unwrap_or_default(),
                        fields: vec![MEANWHILE.into()],
                    }],
                });
            }
        }
        Ok(())
    }

    /// The number there of an event that gives a tag, by this merge or by one before; none where it isn't there.
    pub(super) async fn event_there(&self, piece: &mut Piece<'_>, event: i64) -> Result<Option<i64>> {
        if let Some(there) = self.given.get(&event) {
            return Ok(Some(*there));
        }
        let Some(event) = piece.source.events(event - 1, 1).await?.pop() else {
            return Ok(None);
        };
        Ok(piece.writer.told(&event).await?.map(|told| told.event_id))
    }

    /// Losing a tag is an event of its own, as in every promotion.
    pub(super) async fn lost_tags(&mut self, piece: &mut Piece<'_>) -> Result<()> {
        let mut losses: Vec<(TagName, ModelRef, ModelRef)> = Vec::new();
        for ((_, tag), (loser, holder)) in &piece.contests.left {
            losses.push((TagName::parse(tag)?, loser.clone(), holder.clone()));
        }
        losses.extend(piece.contests.taken.iter().cloned());
        if losses.is_empty() {
            return Ok(());
        }
        let ids = piece.writer.next_event_ids(losses.len()).await?;
        enough(ids.len(), losses.len(), "events")?;
        let context = &self.options.context;
        let mut events = Vec::with_capacity(losses.len());
        for ((tag, loser, holder), id) in losses.into_iter().zip(ids) {
            let record = EventRecord {
                event_id: id,
                at: context.at.as_micros(),
                kind: EventKind::TagLost.as_str().to_owned(),
                actor: context.actor.to_string(),
                reason: context.reason.as_ref().map(ToString::to_string),
                model_id: Some(loser.id.get()),
                name: Some(loser.name.to_string()),
                version: Some(loser.version.to_string()),
                tag: Some(tag.to_string()),
                before: None,
                after: Some(json!({ "lost_to": holder }).to_string()),
                previous_event_id: None,
            };
            events.push((record.clone(), Event::try_from(record)?));
        }
        write(piece, events).await?;
        let taken = piece.contests.taken.iter();
        let changes: Vec<Change> = taken
            .map(|(tag, loser, _)| Change::RemoveTag {
                model: loser.id,
                tag: tag.clone(),
            })
            .collect();
        piece.writer.write(&changes).await
    }
}

async fn write(piece: &mut Piece<'_>, events: Vec<(EventRecord, Event)>) -> Result<()> {
    let mut changes = Vec::with_capacity(events.len());
    for (record, event) in events {
        piece.first_event.get_or_insert(record.event_id);
        piece.expected_events.add("event", &record)?;
        changes.push(Change::AppendEvent(Box::new(event)));
    }
    piece.writer.write(&changes).await
}
