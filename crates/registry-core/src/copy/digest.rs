//! A digest of rows that doesn't depend on the database that they come from.

use std::fmt::Write as _;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::error::{Error, Result};
use crate::record::{ExportRecord, ModelRecord};

/// The digest of the rows so far.
#[derive(Default)]
pub(super) struct Digest(Sha256);

impl Digest {
    /// Adds a row of a kind.
    pub(super) fn add(&mut self, kind: &'static str, row: &impl Serialize) -> Result<()> {
        let line = serde_json::to_vec(row).map_err(|error| Error::Storage {
            action: "digest a row".into(),
            source: error.into(),
        })?;
        // JSON has no line break of its own, so lines can't be taken for others.
        self.0.update(kind);
        self.0.update(b" ");
        self.0.update(line);
        self.0.update(b"\n");
        Ok(())
    }

    /// Adds a model without its tags, which are rows of their own.
    pub(super) fn add_model(&mut self, record: &ModelRecord) -> Result<()> {
        // Databases put different blanks into the lists that they make.
        let exports: Vec<ExportRecord> =
            serde_json::from_str(&record.exports).map_err(|problem| Error::StoredValue {
                row: format!("models {}", record.model_id),
                field: "exports",
                problem: problem.to_string(),
            })?;
        let plain = ModelRecord {
            tags: String::new(),
            exports: String::new(),
            ..record.clone()
        };
        self.add("model", &plain)?;
        exports.iter().try_for_each(|export| self.add("export", export))
    }

    /// The digest, in hexadecimal.
    pub(super) fn finish(self) -> String {
        let mut text = String::with_capacity(64);
        for byte in self.0.finalize() {
            // Writing to a text cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        text
    }
}
