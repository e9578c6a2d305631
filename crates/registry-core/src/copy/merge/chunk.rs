//! One piece of a merge: written, read again and compared, inside of one transaction.

mod history;
mod models;
mod verify;

use std::collections::{HashMap, HashSet};

use super::MergeOptions;
use super::numbering::Numbering;
use super::report::MergeReport;
use super::survey::{Fate, Survey};
use super::tags::{self, Contests};
use crate::backend::{Change, RecordReader, RecordWriter};
use crate::copy::PIECE;
use crate::copy::digest::Digest;
use crate::error::{Error, Result};
use crate::identifier::ModelRef;
use crate::model::Model;
use crate::record::LastIds;

/// What differs of a version that was not there when both were compared.
const MEANWHILE: &str = "registered meanwhile";

/// A merge under way.
pub(super) struct Merging<'a> {
    survey: &'a Survey,
    options: &'a MergeOptions,
    report: MergeReport,
    /// Fixed by the first piece for all.
    numbering: Option<Numbering>,
    /// The events that give tags, under the number that they have there.
    given: HashMap<i64, i64>,
    /// The lines whose models are written.
    written: HashSet<i64>,
    /// The deleted ones whose history is written.
    told: HashSet<i64>,
    /// Models whose parent is not there yet, each with the parent.
    later: Vec<(i64, i64)>,
    digest: Digest,
    done: u64,
    tell: &'a (dyn Fn(u64) + Send + Sync),
}

/// What is known while a piece is written.
struct Piece<'a> {
    source: &'a mut dyn RecordReader,
    writer: &'a mut dyn RecordWriter,
    numbering: Numbering,
    lines: HashSet<i64>,
    /// Of those, the models that exist, by id.
    models: Vec<i64>,
    contests: Contests,
    ordinals: HashMap<String, Ordinals>,
    /// The first event that was written.
    first_event: Option<i64>,
    /// What was to be written, in its order.
    expected_events: Digest,
    expected: Digest,
}

/// The ordinals of a name. Those above all that were given there stay, the others become higher by the same amount.
#[derive(Clone, Copy, Default)]
struct Ordinals {
    /// The last one given there before.
    there: i64,
    /// The last one of the registry that arrives.
    arrives: i64,
    /// The highest of both now.
    highest: i64,
}

impl Ordinals {
    /// `None`: there is none so high.
    fn give(&mut self, ordinal: i64) -> Option<i64> {
        let shift = self.there.max(self.arrives);
        let ordinal = if ordinal > self.there {
            ordinal
        } else {
            ordinal.checked_add(shift)?
        };
        self.highest = self.highest.max(ordinal).max(shift);
        Some(ordinal)
    }
}

impl<'a> Merging<'a> {
    pub(super) fn new(
        survey: &'a Survey,
        options: &'a MergeOptions,
        report: MergeReport,
        done: u64,
        tell: &'a (dyn Fn(u64) + Send + Sync),
    ) -> Self {
        Self {
            survey,
            options,
            report,
            numbering: None,
            given: HashMap::new(),
            written: HashSet::new(),
            told: HashSet::new(),
            later: survey.orphans.clone(),
            digest: Digest::default(),
            done,
            tell,
        }
    }

    /// Writes these lines and compares them; the caller commits.
    pub(super) async fn chunk(
        &mut self,
        source: &mut dyn RecordReader,
        writer: &mut dyn RecordWriter,
        lines: &[i64],
        last: bool,
    ) -> Result<()> {
        let numbering = self.numbering(writer).await?;
        let everything: HashSet<i64> = lines.iter().copied().collect();
        let contests =
            tags::contests(self.survey, &numbering, &everything, writer, self.options.tags).await?;
        let exists = |id: &&i64| self.survey.lines.get(id).is_some_and(|line| line.alive);
        let mut piece = Piece {
            source,
            writer,
            numbering,
            models: lines.iter().filter(exists).copied().collect(),
            lines: everything,
            contests,
            ordinals: HashMap::new(),
            first_event: None,
            expected_events: Digest::default(),
            expected: Digest::default(),
        };
        self.events(&mut piece, lines).await?;
        self.lost_tags(&mut piece).await?;
        self.models(&mut piece).await?;
        self.parents(&mut piece).await?;
        names(&mut piece, last).await?;
        self.report.add_contests(&piece.contests);
        let found = self.read(&mut piece).await?;
        let expected = verify::both(piece.expected_events, piece.expected);
        if found != expected {
            return Err(Error::CopyDiffers {
                location: self.report.to.clone(),
                expected,
                found,
            });
        }
        self.digest.add("piece", &found)
    }

    pub(super) fn finish(self) -> MergeReport {
        let mut report = self.report;
        report.digest = Some(self.digest.finish());
        report
    }

    /// The ids of all models that come are taken at once, so that they are the same however it is divided.
    async fn numbering(&mut self, writer: &mut dyn RecordWriter) -> Result<Numbering> {
        if let Some(numbering) = self.numbering {
            return Ok(numbering);
        }
        let there = writer.last_ids().await?;
        let numbering = Numbering::after(there, self.survey)?;
        let model = numbering.highest(self.survey);
        if model > 0 {
            writer.put_last_ids(LastIds { model, event: 0 }).await?;
        }
        self.numbering = Some(numbering);
        Ok(numbering)
    }

    /// Gives parents to the models that could not have them when they were written.
    async fn parents(&mut self, piece: &mut Piece<'_>) -> Result<()> {
        let is_there = |id: i64| {
            let line = self.survey.lines.get(&id);
            self.written.contains(&id) || line.is_some_and(|line| matches!(line.fate, Fate::There(_)))
        };
        let later = std::mem::take(&mut self.later);
        let (now, later) = later
            .into_iter()
            .partition(|(child, parent)| is_there(*child) && is_there(*parent));
        self.later = later;
        for (child, parent) in now {
            let ids = [child, parent].map(|id| piece.numbering.image(self.survey, id));
            if !self.written.contains(&child) {
                no_cycle(piece.writer, ids).await?;
            }
            let mut changes = Vec::new();
            for mut record in piece.writer.models_of(&ids[..1]).await? {
                record.parent_model_id = Some(ids[1]);
                changes.push(Change::UpdateModel(Box::new(record.try_into()?)));
            }
            piece.writer.write(&changes).await?;
        }
        Ok(())
    }

    fn step(&mut self, rows: usize) {
        self.done += rows as u64;
        (self.tell)(self.done);
    }
}

/// The child must not be an ancestor of its parent.
async fn no_cycle(writer: &mut dyn RecordWriter, [child, parent]: [i64; 2]) -> Result<()> {
    let mut at = Some(parent);
    let mut seen = HashSet::new();
    while let Some(id) = at.filter(|id| seen.insert(*id)) {
        let model = writer.models_of(&[id]).await?.pop();
        if id == child {
            let mut both: Vec<ModelRef> = Vec::new();
            for record in writer.models_of(&[child, parent]).await? {
                both.push(Model::try_from(record)?.reference());
            }
            both.sort_by_key(|model| model.id.get() != child);
            if let [model, parent] = &both[..] {
                return Err(Error::ParentCycle {
                    model: model.clone(),
                    parent: parent.clone(),
                });
            }
        }
        at = model.and_then(|model| model.parent_model_id);
    }
    Ok(())
}

/// No ordinal is given again that either registry has given.
async fn names(piece: &mut Piece<'_>, last: bool) -> Result<()> {
    let mut names = Vec::new();
    for (name, ordinals) in &piece.ordinals {
        names.push((name.clone(), ordinals.highest));
    }
    if last {
        let mut after = String::new();
        loop {
            let page = piece.source.names(&after, PIECE).await?;
            let Some(last) = page.last() else { break };
            after.clone_from(&last.name);
            let asked: Vec<String> = page.iter().map(|row| row.name.clone()).collect();
            let there = piece.writer.ordinals(&asked).await?;
            for row in page
                .into_iter()
                .filter(|row| !piece.ordinals.contains_key(&row.name))
            {
                let known = there.iter().find(|known| known.name == row.name);
                if known.is_none_or(|known| known.last_ordinal < row.last_ordinal) {
                    names.push((row.name, row.last_ordinal));
                }
            }
        }
    }
    for (name, last_ordinal) in names {
        piece
            .writer
            .put_name(&crate::record::OrdinalRecord { name, last_ordinal })
            .await?;
    }
    Ok(())
}
