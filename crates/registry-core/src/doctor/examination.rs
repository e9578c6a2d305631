//! What can be examined of any registry: whether each row fits the rules, and what is kept twice agrees.
//!
//! Reads a part at a time and changes nothing. What it remembers grows with the parents, names and tags.

use super::files::Files;
use super::relations::Relations;
use super::tags::TagStory;
use super::{DoctorReport, OTHER_MEANS};
use crate::backend::sequence::settings;
use crate::backend::{RecordReader, Records};
use crate::checkpoint::Checkpoint;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::model::Model;

/// How many rows are read at a time.
const PIECE: i64 = 500;

/// Looks for values that break the rules, ordinals that could be given again, parents that form a cycle, tags against
/// the history, and checkpoint files of this machine that are gone or changed. The files are looked at where it is
/// called, so a program that serves others calls it on a thread of its own.
///
/// # Errors
/// Only when the registry can't be read at all; what is wrong with it is in the report.
pub async fn examine(registry: &dyn Records) -> Result<DoctorReport> {
    let mut report = DoctorReport::new(registry.location().to_owned());
    let mut reader = registry.read_records().await?;
    if let Err(error) = settings(reader.settings().await?) {
        let hint = "set it again with `registry-cli settings set`";
        report.problem("stored_value", "the settings", error.to_string(), hint);
    }
    let mut examination = Examination {
        relations: Relations::of(&mut *reader).await?,
        files: Files::default(),
        story: TagStory::default(),
        report,
    };
    examination.events(&mut *reader).await?;
    examination.models(&mut *reader).await?;
    Ok(examination.finish())
}

/// An examination under way.
struct Examination {
    relations: Relations,
    files: Files,
    story: TagStory,
    report: DoctorReport,
}

impl Examination {
    async fn events(&mut self, reader: &mut dyn RecordReader) -> Result<()> {
        let mut after = i64::MIN;
        loop {
            let page = reader.events(after, PIECE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.event_id;
            for record in page {
                self.report.events += 1;
                let id = record.event_id;
                match Event::try_from(record) {
                    Ok(event) => {
                        self.files.learn(&event);
                        self.story.add(&event, &mut self.report);
                    }
                    Err(error) => self.bad(format!("event {id}"), &error),
                }
            }
        }
    }

    async fn models(&mut self, reader: &mut dyn RecordReader) -> Result<()> {
        let mut after = i64::MIN;
        loop {
            let page = reader.models(after, PIECE).await?;
            let Some(last) = page.last().map(|model| model.model_id) else {
                return Ok(());
            };
            for holding in reader.holdings(after, last).await? {
                self.story.hold(holding);
            }
            after = last;
            for record in page {
                self.report.models += 1;
                self.story.exists(record.model_id);
                self.relations.add(&record, &mut self.report);
                let id = record.model_id;
                match Model::try_from(record) {
                    Ok(model) => {
                        if let Some(path) = self.files.path(&model) {
                            let found = Checkpoint::measure(path.to_owned());
                            self.files.compare(&model, found, &mut self.report);
                        }
                    }
                    Err(error) => self.bad(format!("model {id}"), &error),
                }
            }
        }
    }

    fn bad(&mut self, subject: String, error: &Error) {
        self.report
            .problem("stored_value", subject, error.to_string(), OTHER_MEANS);
    }

    fn finish(mut self) -> DoctorReport {
        for (id, parent) in self.relations.parents() {
            if !self.story.has(*parent) {
                let message = format!("its parent, model {parent}, does not exist");
                let hint = "take its parent away with `registry-cli update --clear parent`";
                self.report
                    .problem("reference", format!("model {id}"), message, hint);
            }
        }
        self.relations.tell(&mut self.report);
        self.files.tell(&mut self.report);
        self.story.tell(&mut self.report);
        self.report
    }
}
