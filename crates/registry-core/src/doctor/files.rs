//! Checkpoint files: which are looked at, and whether they are where they were, and as large.

use std::collections::HashSet;

use super::DoctorReport;
use super::kept::subject;
use crate::checkpoint::{Checkpoint, CheckpointPath};
use crate::error::{Error, Result};
use crate::event::{Event, EventKind};
use crate::model::Model;
use crate::status::Status;

/// What is known of the checkpoints of a registry, oldest event first and then the models.
#[derive(Debug, Default)]
pub struct Files {
    /// Models of a file of the original, which insisted on their checkpoints but measured none.
    adopted: HashSet<i64>,
    unknown: u64,
}

impl Files {
    /// Takes note of an event.
    pub fn learn(&mut self, event: &Event) {
        if event.kind == EventKind::Adopted {
            self.adopted
                .extend(event.model.as_ref().map(|model| model.id.get()));
        }
    }

    /// Where the model's checkpoint should be looked at; counts it where this machine can't know where it lies.
    pub fn path<'model>(&mut self, model: &'model Model) -> Option<&'model str> {
        let path = model.checkpoint_absolute.as_ref();
        if path.is_none() && !model.checkpoint_path.is_url() {
            self.unknown += 1;
        }
        path.map(CheckpointPath::as_str)
    }

    /// What was found there, against what was registered.
    pub fn compare(&self, model: &Model, found: Result<Checkpoint>, report: &mut DoctorReport) {
        match found {
            Ok(found) => size(model, found.size_bytes, report),
            Err(Error::CheckpointNotFound { path }) => {
                let message = format!("its checkpoint `{path}` is not there");
                let hint = "bring it back, or say where it lies with `registry-cli update --checkpoint`";
                // Who retires a model may well throw its files away; who registered it without its file never had it
                // here.
                let never_here = model.size_bytes.is_none() && !self.adopted.contains(&model.id.get());
                if model.status == Status::Retired || never_here {
                    report.notice("checkpoint_missing", subject(model), message, hint);
                } else {
                    report.problem("checkpoint_missing", subject(model), message, hint);
                }
            }
            Err(error) => report.problem(
                "checkpoint_unreadable",
                subject(model),
                error.to_string(),
                "check its permissions",
            ),
        }
    }

    /// Says how many there are of which nobody knows where they lie.
    pub fn tell(&self, report: &mut DoctorReport) {
        if self.unknown > 0 {
            report.notice(
                "checkpoint_unknown",
                "checkpoints",
                format!(
                    "where {} of them lie is known only relative to a folder that nobody noted",
                    self.unknown
                ),
                "name the full path with `registry-cli update --checkpoint`",
            );
        }
    }
}

fn size(model: &Model, found: Option<u64>, report: &mut DoctorReport) {
    if let (Some(registered), Some(found)) = (model.size_bytes, found)
        && registered != found
    {
        report.problem(
            "checkpoint_changed",
            subject(model),
            format!("its checkpoint has {found} bytes, it had {registered} when it was registered"),
            "somebody may have replaced it; register what is there now as a version of its own",
        );
    }
}
