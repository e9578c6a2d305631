//! Rows by their columns, as `apply_all.sql` reads them.

use registry_core::search::{Leaf, LeafValue};

#[derive(Default)]
pub(super) struct Events {
    pub(super) id: Vec<i64>,
    pub(super) at: Vec<i64>,
    pub(super) kind: Vec<String>,
    pub(super) actor: Vec<String>,
    pub(super) reason: Vec<Option<String>>,
    pub(super) model: Vec<Option<i64>>,
    pub(super) name: Vec<Option<String>>,
    pub(super) version: Vec<Option<String>>,
    pub(super) tag: Vec<Option<String>>,
    pub(super) before: Vec<Option<String>>,
    pub(super) after: Vec<Option<String>>,
    pub(super) previous: Vec<Option<i64>>,
}

#[derive(Default)]
pub(super) struct Models {
    pub(super) id: Vec<i64>,
    pub(super) name: Vec<String>,
    pub(super) version: Vec<String>,
    pub(super) version_key: Vec<Vec<u8>>,
    pub(super) ordinal: Vec<i64>,
    pub(super) checkpoint_path: Vec<String>,
    pub(super) checkpoint_absolute: Vec<Option<String>>,
    pub(super) size_bytes: Vec<Option<i64>>,
    pub(super) task_type: Vec<String>,
    pub(super) config_hash: Vec<String>,
    pub(super) training_run: Vec<Option<i64>>,
    pub(super) parent: Vec<Option<i64>>,
    pub(super) created_at: Vec<i64>,
    pub(super) updated_at: Vec<i64>,
    pub(super) created_by: Vec<String>,
    pub(super) metrics: Vec<String>,
    pub(super) declared_formats: Vec<String>,
    pub(super) model_size_mb: Vec<Option<f64>>,
    pub(super) memory_req_gb: Vec<Option<f64>>,
    pub(super) metadata: Vec<String>,
    pub(super) notes: Vec<Option<String>>,
    pub(super) status: Vec<String>,
}

#[derive(Default)]
pub(super) struct MetricRows {
    pub(super) model: Vec<i64>,
    pub(super) name: Vec<String>,
    pub(super) value: Vec<f64>,
}

#[derive(Default)]
pub(super) struct FormatRows {
    pub(super) model: Vec<i64>,
    pub(super) format: Vec<String>,
}

/// What of metadata is searched.
#[derive(Default)]
pub(super) struct LeafRows {
    pub(super) model: Vec<i64>,
    pub(super) path: Vec<String>,
    pub(super) number: Vec<Option<f64>>,
    pub(super) text: Vec<Option<String>>,
    pub(super) boolean: Vec<Option<bool>>,
}

impl LeafRows {
    pub(super) fn add(&mut self, model: i64, leaf: Leaf) {
        let (number, text, boolean) = match leaf.value {
            LeafValue::Number(number) => (Some(number), None, None),
            LeafValue::Text(text) => (None, Some(text), None),
            LeafValue::Boolean(boolean) => (None, None, Some(boolean)),
            LeafValue::Opaque => (None, None, None),
        };
        self.model.push(model);
        self.path.push(leaf.path);
        self.number.push(number);
        self.text.push(text);
        self.boolean.push(boolean);
    }
}

#[derive(Default)]
pub(super) struct ExportRows {
    pub(super) model: Vec<i64>,
    pub(super) format: Vec<String>,
    pub(super) path: Vec<String>,
    pub(super) path_sha256: Vec<Vec<u8>>,
    pub(super) created_at: Vec<i64>,
    pub(super) metadata: Vec<String>,
}

#[derive(Default)]
pub(super) struct TagRows {
    pub(super) model: Vec<i64>,
    pub(super) tag: Vec<String>,
    pub(super) name: Vec<String>,
    pub(super) since: Vec<i64>,
    pub(super) promoted: Vec<bool>,
    pub(super) event: Vec<i64>,
    /// Of models that come in the same batch.
    pub(super) model_created_at: Vec<Option<i64>>,
}
