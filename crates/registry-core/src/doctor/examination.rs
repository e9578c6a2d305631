//! What can be examined of any registry: whether each row fits the rules, and what is kept twice agrees.
//!
//! Reads a part at a time and changes nothing. What it remembers grows with the parents, names and tags.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::tags::TagStory;
use super::{DoctorReport, OTHER_MEANS};
use crate::backend::sequence::settings;
use crate::backend::{RecordReader, Records};
use crate::checkpoint::Checkpoint;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::model::Model;
use crate::record::ModelRecord;
use crate::rules::cycle_cuts;
use crate::status::Status;

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
    let ordinals = ordinals(&mut *reader).await?;
    let mut story = TagStory::default();
    events(&mut *reader, &mut story, &mut report).await?;
    models(&mut *reader, &ordinals, &mut story, &mut report).await?;
    story.tell(&mut report);
    Ok(report)
}

/// The last ordinal of each name.
async fn ordinals(reader: &mut dyn RecordReader) -> Result<HashMap<String, i64>> {
    let mut ordinals = HashMap::new();
    let mut after = String::new();
    loop {
        let page = reader.names(&after, PIECE).await?;
        let Some(last) = page.last() else {
            return Ok(ordinals);
        };
        after.clone_from(&last.name);
        ordinals.extend(page.into_iter().map(|row| (row.name, row.last_ordinal)));
    }
}

async fn events(
    reader: &mut dyn RecordReader,
    story: &mut TagStory,
    report: &mut DoctorReport,
) -> Result<()> {
    let mut after = i64::MIN;
    loop {
        let page = reader.events(after, PIECE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.event_id;
        for record in page {
            report.events += 1;
            let id = record.event_id;
            match Event::try_from(record) {
                Ok(event) => story.add(&event),
                Err(error) => report.problem(
                    "stored_value",
                    format!("event {id}"),
                    error.to_string(),
                    OTHER_MEANS,
                ),
            }
        }
    }
}

async fn models(
    reader: &mut dyn RecordReader,
    ordinals: &HashMap<String, i64>,
    story: &mut TagStory,
    report: &mut DoctorReport,
) -> Result<()> {
    let mut after = i64::MIN;
    let mut parents = BTreeMap::new();
    let mut unknown_files = 0;
    loop {
        let page = reader.models(after, PIECE).await?;
        let Some(last) = page.last().map(|model| model.model_id) else {
            break;
        };
        for holding in reader.holdings(after, last).await? {
            story.hold(holding);
        }
        after = last;
        for record in page {
            report.models += 1;
            story.exists(record.model_id);
            parents.extend(record.parent_model_id.map(|parent| (record.model_id, parent)));
            ordinal(&record, ordinals, report);
            let id = record.model_id;
            match Model::try_from(record) {
                Ok(model) => checkpoint(&model, &mut unknown_files, report),
                Err(error) => report.problem(
                    "stored_value",
                    format!("model {id}"),
                    error.to_string(),
                    OTHER_MEANS,
                ),
            }
        }
    }
    for (id, parent) in &parents {
        if !story.has(*parent) {
            let message = format!("its parent, model {parent}, does not exist");
            let hint = "take its parent away with `registry-cli update --clear parent`";
            report.problem("reference", format!("model {id}"), message, hint);
        }
    }
    for id in cycle_cuts(&parents).into_iter().collect::<BTreeSet<i64>>() {
        let hint = "take its parent away with `registry-cli update --clear parent`";
        report.problem(
            "parent_cycle",
            format!("model {id}"),
            "it is its own ancestor",
            hint,
        );
    }
    if unknown_files > 0 {
        report.notice(
            "checkpoint_unknown",
            "checkpoints",
            format!("where {unknown_files} of them lie is known only relative to a folder that nobody noted"),
            "name the full path with `registry-cli update --checkpoint`",
        );
    }
    Ok(())
}

fn ordinal(record: &ModelRecord, ordinals: &HashMap<String, i64>, report: &mut DoctorReport) {
    let (ordinal, name) = (record.ordinal, &record.name);
    let last = ordinals.get(name);
    if ordinal < 1 || last.is_none_or(|last| ordinal > *last) {
        let message = format!("its ordinal {ordinal} could be given again for `{name}`");
        report.problem(
            "ordinal",
            format!("model {}", record.model_id),
            message,
            OTHER_MEANS,
        );
    }
}

/// Looks at the model's checkpoint; counts it where this machine can't know where it lies.
fn checkpoint(model: &Model, unknown: &mut u64, report: &mut DoctorReport) {
    let Some(path) = &model.checkpoint_absolute else {
        if !model.checkpoint_path.as_str().contains("://") {
            *unknown += 1;
        }
        return;
    };
    let subject = format!("model {} ({}@{})", model.id, model.name, model.version);
    match Checkpoint::measure(path.as_str().to_owned()) {
        Ok(found) => {
            if let (Some(registered), Some(found)) = (model.size_bytes, found.size_bytes)
                && registered != found
            {
                let message =
                    format!("its checkpoint has {found} bytes, it had {registered} when it was registered");
                let hint =
                    "somebody may have replaced it; register what is there now as a version of its own";
                report.problem("checkpoint_changed", subject, message, hint);
            }
        }
        Err(Error::CheckpointNotFound { path }) => {
            let message = format!("its checkpoint `{path}` is not there");
            let hint = "bring it back, or say where it lies with `registry-cli update --checkpoint`";
            // Who retires a model may well throw its files away.
            if model.status == Status::Retired {
                report.notice("checkpoint_missing", subject, message, hint);
            } else {
                report.problem("checkpoint_missing", subject, message, hint);
            }
        }
        Err(error) => report.problem(
            "checkpoint_unreadable",
            subject,
            error.to_string(),
            "check its permissions",
        ),
    }
}
