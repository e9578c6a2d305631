//! A model.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Declares a document with all fields of a model, then its own.
macro_rules! model_document {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, ::serde::Serialize, ::serde::Deserialize, ::utoipa::ToSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// The id, never used again
            pub model_id: i64,
            /// The name
            pub name: String,
            /// The version
            pub version: String,
            /// Where the checkpoint lies, as typed
            pub checkpoint_path: String,
            /// What the model is for
            pub task_type: String,
            /// The hash of its configuration
            pub config_hash: String,
            /// The training run it came from
            pub training_run_id: Option<i64>,
            /// The model it was trained from
            pub parent_model_id: Option<i64>,
            /// When it was registered
            #[schema(format = DateTime)]
            pub created_at: String,
            /// Its metrics
            #[schema(value_type = $crate::schema::Metrics)]
            pub metrics: ::std::collections::BTreeMap<String, f64>,
            /// Formats it exists in
            pub export_formats: Vec<String>,
            /// Its size in megabytes
            pub model_size_mb: Option<f64>,
            /// The memory it needs in gigabytes
            pub memory_req_gb: Option<f64>,
            /// Its metadata
            #[schema(value_type = $crate::schema::Metadata)]
            pub metadata: ::serde_json::Map<String, ::serde_json::Value>,
            /// Whether it is in use
            pub status: $crate::schema::Status,
            /// Its tags, by name
            pub tags: Vec<String>,
            /// Its exports
            pub exports: Vec<$crate::schema::Export>,
            /// 1, 2, 3... within the name, never used again
            pub ordinal: u64,
            /// Its tags in full
            pub tag_details: Vec<$crate::schema::TagDetail>,
            /// The absolute form of the path, on the machine that registered it
            pub checkpoint_absolute: Option<String>,
            /// The size of the checkpoint, where it was measured
            pub size_bytes: Option<u64>,
            /// Free text
            pub notes: Option<String>,
            /// When a field, the status or the parent changed last
            #[schema(format = DateTime)]
            pub updated_at: String,
            /// Who registered it
            pub created_by: String,
            /// The formats named at its registration; the others are those of its exports
            pub declared_formats: Vec<String>,
            $($(#[$field_doc])* pub $field: $type,)*
            /// True: nothing was changed
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub dry_run: Option<bool>,
        }
    };
}

pub(super) use model_document;

model_document! {
    /// A model.
    Model {}
}

/// A model of a page: whole, or with `short` in short.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum ListedModel {
    /// Whole
    Whole(Box<Model>),
    /// In short
    Short(Box<ModelSummary>),
}

/// Metrics by their names.
#[derive(Debug, ToSchema)]
pub struct Metrics(pub BTreeMap<String, f64>);

/// What else is known, of any form.
#[derive(Debug, ToSchema)]
#[schema(value_type = Object)]
pub struct Metadata(pub Map<String, Value>);

/// Whether a model is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// In use
    Active,
    /// Out of use; can be restored
    Retired,
}

/// An export of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Export {
    /// The format
    pub export_format: String,
    /// Where it lies, as typed
    pub export_path: String,
    /// When it was added or updated
    #[schema(format = DateTime)]
    pub created_at: String,
    /// Its metadata
    #[schema(value_type = Metadata)]
    pub metadata: Map<String, Value>,
}

/// A tag on a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TagDetail {
    /// The tag
    pub name: String,
    /// When the model got it
    #[schema(format = DateTime)]
    pub since: String,
    /// Whether it came by promotion; otherwise it is a label
    pub promoted: bool,
}

/// A model that may be gone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelRef {
    /// The id
    pub model_id: i64,
    /// The name
    pub name: String,
    /// The version
    pub version: String,
}

/// A model in short; its fields mean what they mean at a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the fields mean what they mean at `Model`")]
pub struct ModelSummary {
    pub model_id: i64,
    pub name: String,
    pub version: String,
    pub ordinal: u64,
    pub checkpoint_path: String,
    pub task_type: String,
    pub config_hash: String,
    pub training_run_id: Option<i64>,
    pub parent_model_id: Option<i64>,
    #[schema(format = DateTime)]
    pub created_at: String,
    #[schema(format = DateTime)]
    pub updated_at: String,
    pub created_by: String,
    #[schema(value_type = Metrics)]
    pub metrics: BTreeMap<String, f64>,
    pub model_size_mb: Option<f64>,
    pub memory_req_gb: Option<f64>,
    pub status: Status,
    pub tags: Vec<String>,
}
