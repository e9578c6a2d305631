//! Changes that are written together, in one round trip: see `apply_all.sql`.

use std::collections::BTreeMap;

use registry_core::backend::Change;
use registry_core::search::leaves;
use registry_core::{Event, EventId, Export, Model, ModelId, ModelRef, Tag, TagName};
use serde::{Serialize, Serializer};
use serde_json::Value;
use sqlx::SqliteConnection;

use super::leaves::{ByPath, InexactLeaf};
use super::rows::{Rows, add_row};
use super::{leaves as rows_of_leaves, model};
use crate::decode::{is_exact_number, to_json};

/// The text that a batch collects before it is written, about.
const ENOUGH_BYTES: usize = 1 << 20;

#[derive(Default)]
pub(super) struct Batch<'changes> {
    events: Rows,
    models: Rows,
    last_ordinals: BTreeMap<&'changes str, u64>,
    metrics: Rows,
    formats: Rows,
    leaves: Rows,
    exports: Rows,
    removed_tags: Rows,
    tags: Rows,
    /// Models of whose metrics SQLite would read one wrong from decimals.
    inexact_metrics: Vec<&'changes Model>,
    inexact_leaves: Vec<(ModelId, InexactLeaf)>,
}

impl<'changes> Batch<'changes> {
    /// Whether what is collected has to be written before this change: because the change is written at once, or
    /// would be written too early, or because it is enough.
    pub(super) fn must_precede(&self, change: &Change) -> bool {
        let bytes = [&self.events, &self.models, &self.leaves, &self.exports].map(Rows::bytes);
        if bytes.into_iter().sum::<usize>() > ENOUGH_BYTES {
            return true;
        }
        match change {
            Change::AppendEvent(_) | Change::PutTag { .. } | Change::PutExport { .. } => false,
            Change::InsertModel(model) => !model::travels_as_json(model),
            Change::RemoveTag { .. } => !self.tags.is_empty(),
            Change::UpdateModel(_)
            | Change::DeleteModel(_)
            | Change::ClearParent { .. }
            | Change::RemoveExport { .. }
            | Change::SaveSetting { .. }
            | Change::KeepAnswer(_)
            | Change::Webhook(_) => true,
        }
    }

    pub(super) fn append_event(&mut self, event: &Event) -> sqlx::Result<()> {
        let model = event.model.as_ref();
        add_row!(
            self.events,
            event.id.0,
            event.at.as_micros(),
            event.kind.as_str(),
            event.actor,
            event.reason,
            model.map(|model| model.id),
            model.map(|model| &model.name),
            model.map(|model| model.version.to_string()),
            event.tag,
            text(&event.before),
            text(&event.after),
            event.previous,
        );
        Ok(())
    }

    pub(super) fn insert_model(&mut self, model: &'changes Model) -> sqlx::Result<()> {
        add_row!(
            self.models,
            model.id,
            model.name,
            model.version.to_string(),
            Hex(model.version.sort_key().as_bytes()),
            model.ordinal,
            model.checkpoint_path.as_str(),
            model.checkpoint_absolute.as_ref().map(AsRef::<str>::as_ref),
            model.size_bytes,
            model.task_type,
            model.config_hash.as_str(),
            model.training_run_id,
            model.parent,
            model.created_at.as_micros(),
            model.updated_at.as_micros(),
            model.created_by,
            to_json(&model.metrics)?,
            to_json(&model.declared_formats)?,
            model.model_size_mb,
            model.memory_req_gb,
            to_json(&model.metadata)?,
            model.notes,
            model.status.as_str(),
        );
        Ok(())
    }

    /// Everything of a new model but its own row.
    pub(super) fn insert_belongings(&mut self, model: &'changes Model) -> sqlx::Result<()> {
        self.last_ordinals.insert(model.name.as_str(), model.ordinal);
        if model.metrics.iter().any(|(_, value)| !is_exact_number(value)) {
            self.inexact_metrics.push(model);
        } else if !model.metrics.is_empty() {
            add_row!(self.metrics, model.id, model.metrics);
        }
        if !model.declared_formats.is_empty() {
            add_row!(self.formats, model.id, model.declared_formats);
        }
        let (exact, inexact) = rows_of_leaves::split(leaves(&model.metadata));
        if !exact.is_empty() {
            add_row!(self.leaves, model.id, ByPath(&exact));
        }
        self.inexact_leaves
            .extend(inexact.into_iter().map(|leaf| (model.id, leaf)));
        Ok(())
    }

    pub(super) fn put_tag(&mut self, model: &ModelRef, tag: &Tag, event: EventId) -> sqlx::Result<()> {
        let promoted = i64::from(tag.promoted);
        add_row!(
            self.tags,
            model.id,
            tag.name,
            model.name,
            tag.since.as_micros(),
            promoted,
            event
        );
        Ok(())
    }

    pub(super) fn remove_tag(&mut self, model: ModelId, tag: &TagName) -> sqlx::Result<()> {
        add_row!(self.removed_tags, model, tag);
        Ok(())
    }

    pub(super) fn put_export(&mut self, model: ModelId, export: &Export) -> sqlx::Result<()> {
        add_row!(
            self.exports,
            model,
            export.format,
            export.path.as_str(),
            export.created_at.as_micros(),
            to_json(&export.metadata)?,
        );
        Ok(())
    }

    pub(super) async fn write(self, connection: &mut SqliteConnection) -> sqlx::Result<()> {
        if !self.is_empty() {
            sqlx::query_file!(
                "queries/apply_all.sql",
                self.events.into_json()?,
                self.models.into_json()?,
                to_json(&self.last_ordinals)?,
                self.metrics.into_json()?,
                self.formats.into_json()?,
                self.leaves.into_json()?,
                self.exports.into_json()?,
                self.removed_tags.into_json()?,
                self.tags.into_json()?
            )
            .execute(&mut *connection)
            .await?;
        }
        for model in self.inexact_metrics {
            model::insert_metrics(connection, model.id, &model.metrics).await?;
        }
        for (model, leaf) in self.inexact_leaves {
            rows_of_leaves::put(connection, model, &leaf).await?;
        }
        Ok(())
    }

    /// A new model has an ordinal, so that its belongings are never alone.
    fn is_empty(&self) -> bool {
        self.last_ordinals.is_empty()
            && [&self.events, &self.exports, &self.removed_tags, &self.tags]
                .into_iter()
                .all(Rows::is_empty)
    }
}

fn text(json: &Value) -> Option<String> {
    (!json.is_null()).then(|| json.to_string())
}

/// Bytes as `unhex` reads them.
struct Hex<'a>(&'a [u8]);

impl Serialize for Hex<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let digit = |value: u8| char::from(DIGITS[usize::from(value & 15)]);
        let digits = self.0.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]);
        serializer.serialize_str(&digits.collect::<String>())
    }
}
