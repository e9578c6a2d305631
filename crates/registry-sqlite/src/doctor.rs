//! What is wrong with a registry, or worth a look.
//!
//! Reads a part at a time, so that a large registry fits in little memory, and changes nothing.

mod history;
mod leaves;
mod rows;
mod structure;

use std::path::Path;

use registry_core::doctor::files::Files;
use registry_core::doctor::{DoctorReport, TagStory};
use registry_core::{Error, Result};

use crate::SqliteStore;

const RESTORE: &str = "keep the file and restore the latest backup";

impl SqliteStore {
    /// Looks for damage and disagreement: structure, references, values that break the rules, tags against the history,
    /// checkpoint files that are gone or changed.
    ///
    /// # Errors
    /// Only when the registry can't be read at all; what is wrong with it is in the report.
    pub async fn doctor(&self) -> Result<DoctorReport> {
        let mut report = DoctorReport::new(self.location().to_owned());
        let structure = structure::examine(self, &mut report).await;
        damage(&mut report, structure)?;
        let (mut story, mut files) = (TagStory::default(), Files::default());
        let history = history::examine(self, &mut story, &mut files, &mut report).await;
        let history = damage(&mut report, history)?;
        let rows = rows::examine(self, &mut story, &mut files, &mut report).await;
        // Of a part alone they would not agree.
        if damage(&mut report, rows)? && history {
            story.tell(&mut report);
        }
        Ok(report)
    }
}

/// Examines the registry at `path` as [`SqliteStore::doctor`] does; one too damaged to be opened gets a report too.
///
/// # Errors
/// As [`SqliteStore::open`], but for damage.
pub async fn examine(path: &Path) -> Result<DoctorReport> {
    match SqliteStore::open(path).await {
        Ok(store) => {
            let report = store.doctor().await;
            store.close().await;
            report
        }
        Err(error) => {
            let mut report = DoctorReport::new(path.display().to_string());
            damage(&mut report, Err(error))?;
            Ok(report)
        }
    }
}

/// Damage that stops a part of the examination is a finding, told once; any other failure stays one. Says whether the
/// part came to its end.
fn damage(report: &mut DoctorReport, examined: Result<()>) -> Result<bool> {
    match examined {
        Err(Error::Damaged { problem, .. }) => {
            if report.findings.iter().all(|finding| finding.message != problem) {
                report.problem("integrity", "the file", problem, RESTORE);
            }
            Ok(false)
        }
        examined => examined.map(|()| true),
    }
}
