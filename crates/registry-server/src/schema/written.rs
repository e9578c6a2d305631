//! What writes take and answer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::choice::Part;
use super::model::{Export, Metadata, Metrics, ModelRef, Status, model_document};
use super::text::{Line, Name, Tag, Version};

/// A model to register: `version` or `bump`, `config_hash` or `config`, `model_size_mb` or `size_bytes`. What the
/// registry assigns is ignored, so that a model from a list can be registered again.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "name": "org/gpt-small", "version": "1.2.0", "checkpoint_path": "s3://models/gpt-small-1.2.0.safetensors",
    "size_bytes": 1_048_576, "task_type": "language_modeling", "config": { "d_model": 768 },
    "metrics": { "val_loss": 0.36 }, "metadata": { "framework": "pytorch" }, "tags": ["candidate"]
}))]
pub struct NewModel {
    /// The name
    #[schema(value_type = Name)]
    pub name: String,
    /// The version
    #[schema(value_type = Option<Version>)]
    pub version: Option<String>,
    /// Take the next version instead: `major`, `minor` or `patch`
    #[schema(value_type = Option<Part>)]
    pub bump: Option<String>,
    /// Where the checkpoint lies; not looked at
    pub checkpoint_path: String,
    /// What the model is for
    #[schema(value_type = Line)]
    pub task_type: String,
    /// The hash of its configuration
    pub config_hash: Option<String>,
    /// Its configuration, to be hashed
    #[schema(value_type = Option<Value>)]
    pub config: Option<Value>,
    /// Its metrics
    #[schema(value_type = Option<Metrics>)]
    pub metrics: Option<BTreeMap<String, f64>>,
    /// Formats it exists in
    #[schema(value_type = Option<Vec<Line>>)]
    pub export_formats: Option<Vec<String>>,
    /// The same, without those of its exports; wins where both are given
    #[schema(value_type = Option<Vec<Line>>)]
    pub declared_formats: Option<Vec<String>>,
    /// Its exports
    pub exports: Option<Vec<NewExport>>,
    /// Its size in megabytes
    pub model_size_mb: Option<f64>,
    /// The size of the checkpoint in bytes, as the caller measured it; `null`: nobody looked
    pub size_bytes: Option<u64>,
    /// The absolute form of the path, on the caller's machine
    pub checkpoint_absolute: Option<String>,
    /// The memory it needs in gigabytes
    pub memory_req_gb: Option<f64>,
    /// The training run it came from
    pub training_run_id: Option<i64>,
    /// The model it was trained from, as `name@version`
    pub parent: Option<String>,
    /// The same by its id
    pub parent_model_id: Option<i64>,
    /// The same by its line in the request, counted from 1; empty lines don't count
    #[schema(minimum = 1)]
    pub parent_line: Option<u32>,
    /// Its metadata
    #[schema(value_type = Option<Metadata>)]
    pub metadata: Option<Map<String, Value>>,
    /// Free text
    pub notes: Option<String>,
    /// Labels
    #[schema(value_type = Option<Vec<Tag>>)]
    pub tags: Option<Vec<String>>,
    /// Whether it is in use
    pub status: Option<Status>,
}

/// Models to register, one in each line, as [`NewModel`] has it.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, format = Binary)]
pub struct Lines(pub Vec<u8>);

/// An export to register.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct NewExport {
    /// The format
    #[schema(value_type = Line)]
    pub export_format: String,
    /// Where it lies; not looked at
    pub export_path: String,
    /// Its metadata
    #[schema(value_type = Option<Metadata>)]
    pub metadata: Option<Map<String, Value>>,
}

model_document! {
    /// A registration: the new model, and what happened.
    Registered {
        /// Of its labels, those that another model holds by promotion
        promoted_holders: Vec<LabelHolder>,
    }
}

/// A label that another model holds by promotion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LabelHolder {
    /// The label
    pub tag: String,
    /// The model that keeps its promotion
    pub model: ModelRef,
    /// What the tag finds now
    pub holder: Option<ModelRef>,
}

/// Registrations, in the order of the lines (of their ids, where every line has one).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ManyRegistered {
    /// The new models
    pub models: Vec<Registered>,
    /// True: nothing was changed
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<bool>,
}

model_document! {
    /// A promotion or rollback: the model that holds the tag now, and what happened.
    Promotion {
        /// Who lost it
        lost: Vec<ModelRef>,
        /// The scope that was applied: `registry`, `name` or `none`
        scope: String,
        /// False: it was the promoted holder already and nobody lost the tag
        changed: bool,
    }
}

model_document! {
    /// A label: the model with the tag, and what happened.
    Labelling {
        /// Another model that holds the tag by promotion
        promoted_holder: Option<ModelRef>,
        /// What the tag finds now
        holder: Option<ModelRef>,
        /// False: it had the tag already
        changed: bool,
    }
}

model_document! {
    /// A delete: the model as it was, and what happened.
    Deletion {
        /// The children that lost their parent
        orphans: Vec<ModelRef>,
    }
}

/// The exports of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Exports {
    /// The model
    pub model_id: i64,
    /// Formats it exists in
    pub export_formats: Vec<String>,
    /// Its exports
    pub exports: Vec<Export>,
}
