//! Changes to a model's status and fields, and to the settings.

use registry_core::{
    Error, EventKind, FieldUpdate, MetadataUpdate, MetricsUpdate, Model, ModelId, ModelUpdate,
    PromotionScope, Result, Settings, SizeMb, Status,
};
use serde_json::{Map, Value, json};

use super::state::Write;

impl Write<'_> {
    pub(super) fn set_status(&mut self, id: ModelId, status: Status) -> Result<Model> {
        let old = self.model(id)?.clone();
        if old.status == status {
            return Ok(old);
        }
        let kind = match status {
            Status::Active => EventKind::Restored,
            Status::Retired => EventKind::Retired,
        };
        self.log(kind, Some(old.reference()), None)
            .before(json!({ "status": old.status }))
            .after(json!({ "status": status }));
        let at = self.context.at;
        let model = self.model_mut(id)?;
        model.status = status;
        model.updated_at = at;
        Ok(model.clone())
    }

    pub(super) fn update(&mut self, id: ModelId, update: ModelUpdate) -> Result<Model> {
        let old = self.model(id)?.clone();
        if update == ModelUpdate::default() {
            return Err(Error::EmptyUpdate);
        }
        if let FieldUpdate::Set(parent) = update.parent {
            let Some(parent) = self.models.get(&parent).map(Model::reference) else {
                return Err(Error::ParentNotFound {
                    wanted: parent.to_string(),
                });
            };
            if self.ancestors(parent.id).contains(&id) {
                return Err(Error::ParentCycle {
                    model: old.reference(),
                    parent,
                });
            }
        }
        let mut new = changed(&old, update)?;
        let (before, after) = (fields(&old)?, fields(&new)?);
        let differs = |key: &String| before[key] != after[key];
        let changes = |fields: &Map<String, Value>| -> Value {
            let changed = fields.iter().filter(|(key, _)| differs(key));
            changed.map(|(key, value)| (key.clone(), value.clone())).collect()
        };
        if before == after {
            return Ok(old);
        }
        self.log(EventKind::Updated, Some(old.reference()), None)
            .before(changes(&before))
            .after(changes(&after));
        new.updated_at = self.context.at;
        self.models.insert(id, new.clone());
        Ok(new)
    }

    pub(super) fn set_promotion_scope(&mut self, scope: PromotionScope) -> Settings {
        let old = self.settings.promotion_scope;
        if old != scope {
            self.settings.promotion_scope = scope;
            self.log(EventKind::SettingsChanged, None, None)
                .before(json!({ "promotion-scope": old }))
                .after(json!({ "promotion-scope": scope }));
        }
        self.settings
    }
}

fn changed(old: &Model, update: ModelUpdate) -> Result<Model> {
    let mut new = old.clone();
    if let Some(task_type) = update.task_type {
        new.task_type = task_type;
    }
    // Reading and merging such values is the values' own business, tested with them in core.
    if update.metrics != MetricsUpdate::Keep {
        new.metrics = update.metrics.apply(&old.metrics)?;
    }
    if update.metadata != MetadataUpdate::Keep {
        new.metadata = update.metadata.apply(&old.metadata)?;
    }
    if let Some(checkpoint) = update.checkpoint {
        if let Some(bytes) = checkpoint.size_bytes {
            new.model_size_mb = Some(SizeMb::from_bytes(bytes));
        }
        new.size_bytes = checkpoint.size_bytes;
        new.checkpoint_path = checkpoint.path;
        new.checkpoint_absolute = checkpoint.absolute;
    }
    set(&mut new.model_size_mb, update.model_size_mb);
    set(&mut new.memory_req_gb, update.memory_req_gb);
    set(&mut new.training_run_id, update.training_run_id);
    set(&mut new.notes, update.notes);
    set(&mut new.parent, update.parent);
    Ok(new)
}

fn set<T>(field: &mut Option<T>, update: FieldUpdate<T>) {
    match update {
        FieldUpdate::Keep => {}
        FieldUpdate::Clear => *field = None,
        FieldUpdate::Set(value) => *field = Some(value),
    }
}

/// The model as users see it.
fn fields(model: &Model) -> Result<Map<String, Value>> {
    match serde_json::to_value(model) {
        Ok(Value::Object(fields)) => Ok(fields),
        other => Err(Error::Storage {
            action: "show a model".into(),
            source: format!("{other:?}").into(),
        }),
    }
}
