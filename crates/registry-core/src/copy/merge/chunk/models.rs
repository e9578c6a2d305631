//! The models of a piece, with their tags and exports.

use super::super::report::Conflict;
use super::super::survey::{Fate, identity};
use super::{MEANWHILE, Merging, Piece};
use crate::backend::{Change, RecordReader};
use crate::copy::PIECE;
use crate::error::{Error, Result};
use crate::event::EventId;
use crate::model::Model;
use crate::record::{HoldingRecord, ModelRecord, ReferenceRecord};

impl Merging<'_> {
    pub(super) async fn models(&mut self, piece: &mut Piece<'_>) -> Result<()> {
        for ids in pages(&piece.models) {
            let page = piece.source.models_of(&ids).await?;
            let mut held = holdings(piece.source, &ids).await?.into_iter().peekable();
            self.not_there(piece, &page).await?;
            ordinals(piece, &page).await?;
            let (mut changes, count) = (Vec::new(), page.len());
            for record in page {
                let id = record.model_id;
                let holdings = std::iter::from_fn(|| held.next_if(|holding| holding.model_id == id));
                self.model(piece, record, holdings.collect(), &mut changes)
                    .await?;
            }
            piece.writer.write(&changes).await?;
            self.written.extend(ids);
            self.step(count);
        }
        Ok(())
    }

    /// Others may have registered the same since both were compared.
    async fn not_there(&self, piece: &mut Piece<'_>, page: &[ModelRecord]) -> Result<()> {
        let identities: Vec<_> = page.iter().map(identity).collect();
        let there = piece.writer.versions(&identities).await?;
        if there.is_empty() {
            return Ok(());
        }
        let conflict = |model: ReferenceRecord| Conflict {
            name: model.name,
            version: model.version,
            fields: vec![MEANWHILE.into()],
        };
        Err(Error::MergeConflict {
            location: self.report.to.clone(),
            conflicts: there.into_iter().map(conflict).collect(),
        })
    }

    async fn model(
        &mut self,
        piece: &mut Piece<'_>,
        mut record: ModelRecord,
        holdings: Vec<HoldingRecord>,
        changes: &mut Vec<Change>,
    ) -> Result<()> {
        let line = record.model_id;
        let ordinals = piece.ordinals.entry(record.name.clone()).or_default();
        let ordinal = ordinals.give(record.ordinal);
        record.ordinal = ordinal.ok_or_else(|| Error::NumbersExhausted {
            of: format!("versions of `{}`", record.name),
        })?;
        record.model_id = piece.numbering.image(self.survey, line);
        let (parent, at_once) = self.parent(piece, line, record.parent_model_id);
        record.parent_model_id = parent;
        piece.expected.add_model(&record)?;
        let (name, version) = (&record.name, &record.version);
        self.report
            .add_renumbered(name, Some(version), line, record.model_id);
        let mut model = Model::try_from(record)?;
        if !at_once {
            model.parent = None;
        }
        let (id, reference) = (model.id, model.reference());
        let exports = std::mem::take(&mut model.exports);
        let tags = std::mem::take(&mut model.tags);
        changes.push(Change::InsertModel(Box::new(model)));
        self.report.models += 1;
        self.report.exports += exports.len() as u64;
        let put = |export| Change::PutExport { model: id, export };
        changes.extend(exports.into_iter().map(put));
        for (tag, mut holding) in tags.into_iter().zip(holdings) {
            let lost = (line, holding.tag.clone());
            if piece.contests.left.contains_key(&lost) {
                continue;
            }
            let event = self.event_there(piece, holding.event_id).await?;
            let event = event.ok_or_else(|| Error::StoredValue {
                row: format!("models {line}"),
                field: "tags",
                problem: format!("no event {} gave it the tag `{}`", holding.event_id, holding.tag),
            })?;
            holding.model_id = id.get();
            holding.event_id = event;
            piece.expected.add("tag", &holding)?;
            self.report.tags += 1;
            changes.push(Change::PutTag {
                model: reference.clone(),
                tag,
                event: EventId(event),
            });
        }
        Ok(())
    }

    /// The parent that the model has when the piece is done, and whether it can have it at once.
    fn parent(&mut self, piece: &Piece<'_>, line: i64, parent: Option<i64>) -> (Option<i64>, bool) {
        let Some(parent) = parent else { return (None, true) };
        let image = Some(piece.numbering.image(self.survey, parent));
        let is_there = match self.survey.lines.get(&parent).map(|line| &line.fate) {
            Some(Fate::There(_)) => true,
            _ => self.written.contains(&parent),
        };
        let comes = piece.lines.contains(&parent);
        if is_there || (comes && parent < line) {
            return (image, true);
        }
        self.later.push((line, parent));
        (image.filter(|_| comes), false)
    }
}

/// Learns the last ordinals of names that are new in this piece.
async fn ordinals(piece: &mut Piece<'_>, page: &[ModelRecord]) -> Result<()> {
    let mut names: Vec<String> = page.iter().map(|record| record.name.clone()).collect();
    names.retain(|name| !piece.ordinals.contains_key(name));
    names.sort_unstable();
    names.dedup();
    for row in piece.writer.ordinals(&names).await? {
        piece.ordinals.entry(row.name).or_default().there = row.last_ordinal;
    }
    for row in piece.source.ordinals(&names).await? {
        piece.ordinals.entry(row.name).or_default().arrives = row.last_ordinal;
    }
    Ok(())
}

pub(super) fn pages(ids: &[i64]) -> Vec<Vec<i64>> {
    let size = usize::try_from(PIECE).unwrap_or(usize::MAX);
    ids.chunks(size).map(<[i64]>::to_vec).collect()
}

/// The tags of these models, whose ids are in order, by model, then tag.
pub(super) async fn holdings(
    reader: &mut (impl RecordReader + ?Sized),
    ids: &[i64],
) -> Result<Vec<HoldingRecord>> {
    let (Some(first), Some(last)) = (ids.first(), ids.last()) else {
        return Ok(Vec::new());
    };
    let mut held = reader.holdings(first - 1, *last).await?;
    held.retain(|holding| ids.binary_search(&holding.model_id).is_ok());
    Ok(held)
}
