//! Exports: the same model in another format.

use serde::{Deserialize, Serialize};

use crate::checkpoint::CheckpointPath;
use crate::metadata::Metadata;
use crate::text::ExportFormat;
use crate::timestamp::Timestamp;

/// An export of a model. Format and path together name it: adding the same pair again updates it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Export {
    /// The format, such as `onnx`.
    #[serde(rename = "export_format")]
    pub format: ExportFormat,
    /// Where it lies, as typed.
    #[serde(rename = "export_path")]
    pub path: CheckpointPath,
    /// When it was added or updated last.
    pub created_at: Timestamp,
    /// What the exporter said about it.
    pub metadata: Metadata,
}

/// An export to add.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewExport {
    /// The format, such as `onnx`.
    #[serde(rename = "export_format")]
    pub format: ExportFormat,
    /// Where it lies, as typed. Not opened and not checked.
    #[serde(rename = "export_path")]
    pub path: CheckpointPath,
    /// What the exporter says about it.
    #[serde(default)]
    pub metadata: Metadata,
}

impl NewExport {
    /// The export as it is kept, from this moment.
    pub fn at(self, created_at: Timestamp) -> Export {
        Export {
            format: self.format,
            path: self.path,
            created_at,
            metadata: self.metadata,
        }
    }
}
