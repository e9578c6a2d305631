//! Copying a whole registry into an empty one, of whatever backends, and knowing that both are the same. [`merge`] has
//! what it takes to copy into one that has models of its own.
//!
//! Ids, ordinals, tags with their events, exports, the history, settings and times stay as they are. Everything is
//! written in one transaction, read again and compared, and only then kept.

mod digest;
pub mod merge;

use std::ops::ControlFlow;

use serde::Serialize;

use self::digest::Digest;
use crate::backend::{Change, RecordReader, RecordWriter, Records};
use crate::error::{Error, Result};
use crate::event::{Event, EventId};
use crate::identifier::ModelId;
use crate::model::Model;
use crate::record::{HoldingRecord, ModelRecord, Rows};

/// How many rows are read and written at a time.
const PIECE: i64 = 500;

/// Told how many rows are done, and of how many; each counts twice, when it is copied and when it is compared.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Send + Sync);

/// A copy that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CopyReport {
    /// What was copied.
    pub from: String,
    /// Where to.
    pub to: String,
    /// How many models.
    pub models: u64,
    /// How many tags they hold.
    pub tags: u64,
    /// How many exports they have.
    pub exports: u64,
    /// How many events.
    pub events: u64,
    /// The SHA-256 of all rows, the same on both sides.
    pub digest: String,
}

/// Copies everything of `from` into `to`, which must be empty.
///
/// # Errors
/// [`RegistryNotEmpty`](Error::RegistryNotEmpty), [`StoredValue`](Error::StoredValue) for a row that breaks a rule,
/// [`CopyDiffers`](Error::CopyDiffers), or a failure to read or write. On every error `to` is as it was.
pub async fn copy(from: &dyn Records, to: &dyn Records, progress: Progress<'_>) -> Result<CopyReport> {
    let mut writer = to.write_records().await?;
    if writer.count().await? != Rows::default() {
        return Err(Error::RegistryNotEmpty {
            location: to.location().to_owned(),
        });
    }
    let mut reader = from.read_records().await?;
    let rows = reader.count().await?;
    let done = Done {
        total: amount(rows.models + rows.events) * 2,
        progress,
    };
    let mut copying = Copying {
        digest: Digest::default(),
        report: CopyReport {
            from: from.location().to_owned(),
            to: to.location().to_owned(),
            models: 0,
            tags: 0,
            exports: 0,
            events: 0,
            digest: String::new(),
        },
        later_parents: Vec::new(),
        done,
    };
    copying.everything(&mut *reader, &mut *writer).await?;
    let mut report = copying.report;
    report.digest = copying.digest.finish();
    let last = reader.last_ids().await?;
    drop(reader);

    let before = report.models + report.events;
    let found = digest(&mut *writer, &|read| (done.progress)(before + read, done.total)).await?;
    let reached = writer.last_ids().await?;
    if found != report.digest || reached.model < last.model || reached.event < last.event {
        return Err(Error::CopyDiffers {
            location: report.to,
            expected: report.digest,
            found,
        });
    }
    writer.commit().await?;
    Ok(report)
}

/// The SHA-256 of everything that a registry holds but for the ids that it would give next: equal for two registries
/// that hold the same, whatever their backends.
///
/// # Errors
/// A failure to read.
pub async fn digest_of(registry: &dyn Records) -> Result<String> {
    digest(&mut *registry.read_records().await?, &|_| {}).await
}

async fn digest(reader: &mut dyn RecordReader, progress: &(dyn Fn(u64) + Send + Sync)) -> Result<String> {
    let mut digest = Digest::default();
    let mut done = 0;
    for setting in reader.settings().await? {
        digest.add("setting", &setting)?;
    }
    let mut after = i64::MIN;
    while let Some(last) = {
        let page = reader.events(after, PIECE).await?;
        for event in &page {
            digest.add("event", event)?;
        }
        done += page.len() as u64;
        page.last().map(|event| event.event_id)
    } {
        after = last;
        progress(done);
    }
    after = i64::MIN;
    while let ControlFlow::Continue((page, holdings)) = models(reader, after).await? {
        after = page.last().map_or(i64::MAX, |model| model.model_id);
        for model in &page {
            digest.add_model(model)?;
        }
        for holding in &holdings {
            digest.add("tag", holding)?;
        }
        done += page.len() as u64;
        progress(done);
    }
    let mut name = String::new();
    loop {
        let page = reader.names(&name, PIECE).await?;
        let Some(last) = page.last() else { break };
        name.clone_from(&last.name);
        for ordinal in &page {
            digest.add("name", ordinal)?;
        }
    }
    Ok(digest.finish())
}

/// A page of models with their tags.
async fn models(
    reader: &mut dyn RecordReader,
    after: i64,
) -> Result<ControlFlow<(), (Vec<ModelRecord>, Vec<HoldingRecord>)>> {
    let page = reader.models(after, PIECE).await?;
    let Some(last) = page.last() else {
        return Ok(ControlFlow::Break(()));
    };
    let holdings = reader.holdings(after, last.model_id).await?;
    Ok(ControlFlow::Continue((page, holdings)))
}

#[derive(Clone, Copy)]
struct Done<'a> {
    total: u64,
    progress: Progress<'a>,
}

/// A copy under way.
struct Copying<'a> {
    digest: Digest,
    report: CopyReport,
    /// Models whose parent has the higher id and comes after them.
    later_parents: Vec<i64>,
    done: Done<'a>,
}

impl Copying<'_> {
    /// Whatever a row refers to is written before it.
    async fn everything(
        &mut self,
        reader: &mut dyn RecordReader,
        writer: &mut dyn RecordWriter,
    ) -> Result<()> {
        for setting in reader.settings().await? {
            self.digest.add("setting", &setting)?;
            writer.put_setting(&setting).await?;
        }
        self.events(reader, writer).await?;
        let mut after = i64::MIN;
        while let ControlFlow::Continue((page, holdings)) = models(reader, after).await? {
            after = page.last().map_or(i64::MAX, |model| model.model_id);
            self.models(page, holdings, writer).await?;
            self.tell();
        }
        for id in std::mem::take(&mut self.later_parents) {
            let mut changes = Vec::new();
            for model in reader.models(id - 1, 1).await? {
                changes.push(Change::UpdateModel(Box::new(model.try_into()?)));
            }
            writer.write(&changes).await?;
        }
        let mut name = String::new();
        loop {
            let page = reader.names(&name, PIECE).await?;
            let Some(last) = page.last() else { break };
            name.clone_from(&last.name);
            for ordinal in &page {
                self.digest.add("name", ordinal)?;
                writer.put_name(ordinal).await?;
            }
        }
        writer.put_last_ids(reader.last_ids().await?).await
    }

    async fn events(&mut self, reader: &mut dyn RecordReader, writer: &mut dyn RecordWriter) -> Result<()> {
        let mut after = i64::MIN;
        loop {
            let page = reader.events(after, PIECE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.event_id;
            let mut changes = Vec::with_capacity(page.len());
            for event in page {
                self.digest.add("event", &event)?;
                changes.push(Change::AppendEvent(Box::new(Event::try_from(event)?)));
            }
            writer.write(&changes).await?;
            self.report.events += changes.len() as u64;
            self.tell();
        }
    }

    async fn models(
        &mut self,
        page: Vec<ModelRecord>,
        holdings: Vec<HoldingRecord>,
        writer: &mut dyn RecordWriter,
    ) -> Result<()> {
        let mut changes = Vec::with_capacity(page.len() + holdings.len());
        let mut held = holdings.iter().peekable();
        for record in page {
            self.digest.add_model(&record)?;
            let mut model = Model::try_from(record)?;
            let id = model.id;
            let reference = model.reference();
            let exports = std::mem::take(&mut model.exports);
            let tags = std::mem::take(&mut model.tags);
            if model.parent.is_some_and(|parent| parent > id) {
                model.parent = None;
                self.later_parents.push(id.get());
            }
            changes.push(Change::InsertModel(Box::new(model)));
            self.report.exports += exports.len() as u64;
            changes.extend(
                exports
                    .into_iter()
                    .map(|export| Change::PutExport { model: id, export }),
            );
            let events = std::iter::from_fn(|| held.next_if(|holding| of(holding, id)));
            for (tag, holding) in tags.into_iter().zip(events) {
                self.report.tags += 1;
                changes.push(Change::PutTag {
                    model: reference.clone(),
                    tag,
                    event: EventId(holding.event_id),
                });
            }
            self.report.models += 1;
        }
        for holding in &holdings {
            self.digest.add("tag", holding)?;
        }
        writer.write(&changes).await
    }

    fn tell(&self) {
        (self.done.progress)(self.report.models + self.report.events, self.done.total);
    }
}

fn of(holding: &HoldingRecord, model: ModelId) -> bool {
    holding.model_id == model.get()
}

fn amount(rows: i64) -> u64 {
    u64::try_from(rows).unwrap_or_default()
}
