//! Changes that are written together, in one round trip: see `apply_all.sql`.

use std::collections::{BTreeMap, HashMap, HashSet};

use registry_core::backend::Change;
use registry_core::search::leaves;
use registry_core::{
    CheckpointPath, Event, EventId, Export, MemoryGb, Model, ModelId, ModelRef, Notes, Reason, SizeMb, Tag,
    TagName, TrainingRunId,
};
use serde_json::Value;
use sqlx::PgConnection;

use super::columns::{Events, ExportRows, FormatRows, LeafRows, MetricRows, Models, TagRows};
use super::{export, model};
use crate::decode::to_json;

#[derive(Default)]
pub(super) struct Batch<'changes> {
    events: Events,
    models: Models,
    last_ordinals: BTreeMap<&'changes str, u64>,
    metrics: MetricRows,
    formats: FormatRows,
    leaves: LeafRows,
    exports: ExportRows,
    removed_tags: Vec<i64>,
    removed_tag_names: Vec<String>,
    tags: TagRows,
    /// When the models that come along were made.
    created_at: HashMap<ModelId, i64>,
    /// The rows of tags and exports that are spoken of: one statement must not change a row twice.
    tags_seen: HashSet<(ModelId, &'changes str)>,
    exports_seen: HashSet<(ModelId, &'changes str, &'changes str)>,
}

impl<'changes> Batch<'changes> {
    /// Whether what is collected has to be written before this change: because the change is written at once, or
    /// speaks of a row that is spoken of already.
    pub(super) fn must_precede(&self, change: &'changes Change) -> bool {
        match change {
            Change::AppendEvent(_) | Change::InsertModel(_) => false,
            Change::PutTag { model, tag, .. } => self.tags_seen.contains(&(model.id, tag.name.as_str())),
            Change::RemoveTag { model, tag } => self.tags_seen.contains(&(*model, tag.as_str())),
            Change::PutExport { model, export } => {
                self.exports_seen
                    .contains(&(*model, export.format.as_str(), export.path.as_str()))
            }
            Change::UpdateModel(_)
            | Change::DeleteModel(_)
            | Change::ClearParent { .. }
            | Change::RemoveExport { .. }
            | Change::SaveSetting { .. }
            | Change::KeepAnswer(_)
            | Change::Webhook(_) => true,
        }
    }

    pub(super) fn append_event(&mut self, event: &Event) {
        let model = event.model.as_ref();
        let columns = &mut self.events;
        columns.id.push(event.id.0);
        columns.at.push(event.at.as_micros());
        columns.kind.push(event.kind.as_str().into());
        columns.actor.push(event.actor.as_str().into());
        columns
            .reason
            .push(event.reason.as_ref().map(Reason::as_str).map(Into::into));
        columns.model.push(model.map(|model| model.id.get()));
        columns.name.push(model.map(|model| model.name.as_str().into()));
        columns.version.push(model.map(|model| model.version.to_string()));
        columns
            .tag
            .push(event.tag.as_ref().map(TagName::as_str).map(Into::into));
        columns.before.push(text(&event.before));
        columns.after.push(text(&event.after));
        columns.previous.push(event.previous.map(|previous| previous.0));
    }

    pub(super) fn insert_model(&mut self, model: &'changes Model) -> sqlx::Result<()> {
        let id = model.id.get();
        let columns = &mut self.models;
        columns.id.push(id);
        columns.name.push(model.name.as_str().into());
        columns.version.push(model.version.to_string());
        columns
            .version_key
            .push(model.version.sort_key().as_bytes().into());
        columns.ordinal.push(model::integer(model.ordinal)?);
        columns
            .checkpoint_path
            .push(model.checkpoint_path.as_str().into());
        let absolute = model.checkpoint_absolute.as_ref();
        columns
            .checkpoint_absolute
            .push(absolute.map(CheckpointPath::as_str).map(Into::into));
        columns
            .size_bytes
            .push(model.size_bytes.map(model::integer).transpose()?);
        columns.task_type.push(model.task_type.as_str().into());
        columns.config_hash.push(model.config_hash.as_str().into());
        columns
            .training_run
            .push(model.training_run_id.map(TrainingRunId::get));
        columns.parent.push(model.parent.map(ModelId::get));
        columns.created_at.push(model.created_at.as_micros());
        columns.updated_at.push(model.updated_at.as_micros());
        columns.created_by.push(model.created_by.as_str().into());
        columns.metrics.push(to_json(&model.metrics)?);
        columns.declared_formats.push(to_json(&model.declared_formats)?);
        columns.model_size_mb.push(model.model_size_mb.map(SizeMb::get));
        columns.memory_req_gb.push(model.memory_req_gb.map(MemoryGb::get));
        columns.metadata.push(to_json(&model.metadata)?);
        columns
            .notes
            .push(model.notes.as_ref().map(Notes::as_str).map(Into::into));
        columns.status.push(model.status.as_str().into());

        self.created_at.insert(model.id, model.created_at.as_micros());
        self.last_ordinals.insert(model.name.as_str(), model.ordinal);
        for (name, value) in model.metrics.iter() {
            self.metrics.model.push(id);
            self.metrics.name.push(name.as_str().into());
            self.metrics.value.push(value);
        }
        for format in &model.declared_formats {
            self.formats.model.push(id);
            self.formats.format.push(format.as_str().into());
        }
        for leaf in leaves(&model.metadata) {
            self.leaves.add(id, leaf);
        }
        Ok(())
    }

    pub(super) fn put_tag(&mut self, model: &ModelRef, tag: &'changes Tag, event: EventId) {
        self.tags_seen.insert((model.id, tag.name.as_str()));
        let columns = &mut self.tags;
        columns.model.push(model.id.get());
        columns.tag.push(tag.name.as_str().into());
        columns.name.push(model.name.as_str().into());
        columns.since.push(tag.since.as_micros());
        columns.promoted.push(tag.promoted);
        columns.event.push(event.0);
        columns
            .model_created_at
            .push(self.created_at.get(&model.id).copied());
    }

    pub(super) fn remove_tag(&mut self, model: ModelId, tag: &'changes TagName) {
        self.tags_seen.insert((model, tag.as_str()));
        self.removed_tags.push(model.get());
        self.removed_tag_names.push(tag.as_str().into());
    }

    pub(super) fn put_export(&mut self, model: ModelId, export: &'changes Export) -> sqlx::Result<()> {
        self.exports_seen
            .insert((model, export.format.as_str(), export.path.as_str()));
        let columns = &mut self.exports;
        columns.model.push(model.get());
        columns.format.push(export.format.as_str().into());
        columns.path.push(export.path.as_str().into());
        columns.path_sha256.push(export::digest(export.path.as_str()));
        columns.created_at.push(export.created_at.as_micros());
        columns.metadata.push(to_json(&export.metadata)?);
        Ok(())
    }

    pub(super) async fn write(self, connection: &mut PgConnection) -> sqlx::Result<()> {
        if self.is_empty() {
            return Ok(());
        }
        let Self {
            events,
            models,
            metrics,
            formats,
            leaves,
            exports,
            tags,
            ..
        } = self;
        let names: Vec<String> = self.last_ordinals.keys().copied().map(Into::into).collect();
        let ordinals: sqlx::Result<Vec<i64>> =
            self.last_ordinals.values().copied().map(model::integer).collect();
        sqlx::query_file!(
            "queries/apply_all.sql",
            &events.id,
            &events.at,
            &events.kind,
            &events.actor,
            &events.reason as &[Option<String>],
            &events.model as &[Option<i64>],
            &events.name as &[Option<String>],
            &events.version as &[Option<String>],
            &events.tag as &[Option<String>],
            &events.before as &[Option<String>],
            &events.after as &[Option<String>],
            &events.previous as &[Option<i64>],
            &models.id,
            &models.name,
            &models.version,
            &models.version_key,
            &models.ordinal,
            &models.checkpoint_path,
            &models.checkpoint_absolute as &[Option<String>],
            &models.size_bytes as &[Option<i64>],
            &models.task_type,
            &models.config_hash,
            &models.training_run as &[Option<i64>],
            &models.parent as &[Option<i64>],
            &models.created_at,
            &models.updated_at,
            &models.created_by,
            &models.metrics,
            &models.declared_formats,
            &models.model_size_mb as &[Option<f64>],
            &models.memory_req_gb as &[Option<f64>],
            &models.metadata,
            &models.notes as &[Option<String>],
            &models.status,
            &names,
            &ordinals?,
            &metrics.model,
            &metrics.name,
            &metrics.value,
            &formats.model,
            &formats.format,
            &leaves.model,
            &leaves.path,
            &leaves.number as &[Option<f64>],
            &leaves.text as &[Option<String>],
            &leaves.boolean as &[Option<bool>],
            &exports.model,
            &exports.format,
            &exports.path,
            &exports.path_sha256,
            &exports.created_at,
            &exports.metadata,
            &self.removed_tags,
            &self.removed_tag_names,
            &tags.model,
            &tags.tag,
            &tags.name,
            &tags.since,
            &tags.promoted,
            &tags.event,
            &tags.model_created_at as &[Option<i64>]
        )
        .execute(connection)
        .await?;
        Ok(())
    }

    fn is_empty(&self) -> bool {
        self.events.id.is_empty()
            && self.models.id.is_empty()
            && self.tags_seen.is_empty()
            && self.exports_seen.is_empty()
    }
}

fn text(json: &Value) -> Option<String> {
    (!json.is_null()).then(|| json.to_string())
}
