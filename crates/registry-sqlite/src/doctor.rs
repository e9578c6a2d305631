//! What is wrong with a registry, or worth a look.
//!
//! Reads a part at a time, so that a large registry fits in little memory, and changes nothing.

mod files;
mod finding;
mod history;
mod leaves;
mod rows;
mod structure;

pub use finding::{DoctorReport, Finding, Severity};

use registry_core::Result;

use crate::SqliteStore;

impl SqliteStore {
    /// Looks for damage and disagreement: structure, references, values that break the rules, tags against the history,
    /// checkpoint files that are gone or changed.
    ///
    /// # Errors
    /// Only when the registry can't be read at all; what is wrong with it is in the report.
    pub async fn doctor(&self) -> Result<DoctorReport> {
        let mut report = DoctorReport::new(self.location().to_owned());
        structure::examine(self, &mut report).await?;
        rows::examine(self, &mut report).await?;
        history::examine(self, &mut report).await?;
        Ok(report)
    }
}
