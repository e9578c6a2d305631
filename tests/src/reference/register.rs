//! Registration of one model.

use registry_core::{
    Bump, Error, EventKind, Export, Model, ModelId, Parent, Registered, Registration, Result, SizeMb, Status,
    Tag, TagHolder, TagName, Version, VersionChoice,
};
use serde_json::json;

use super::state::Write;

impl Write<'_> {
    pub(super) fn register(&mut self, registration: Registration) -> Result<Registered> {
        let version = self.choose_version(&registration)?;
        let parent = self.find_parent(registration.parent.as_ref())?;
        let mut versions = self.versions(&registration.name);
        let holder = versions.find(|m| m.version == version).map(Model::reference);
        drop(versions);
        if holder.is_some() {
            return Err(Error::ModelExists {
                name: registration.name,
                version,
                holder,
            });
        }
        let mut promoted_holders: Vec<TagHolder> = Vec::new();
        for tag in each_once(&registration.tags) {
            if let Some(model) = self.promoted_other(None, &tag) {
                promoted_holders.push(TagHolder { tag, model });
            }
        }
        let last = self.last_ordinals.get(&registration.name);
        if last.is_some_and(|last| *last == i64::MAX as u64) {
            return Err(Error::NumbersExhausted {
                of: format!("versions of `{}`", registration.name),
            });
        }
        let model = self.insert(registration, version, parent);
        Ok(Registered {
            model,
            promoted_holders,
        })
    }

    fn choose_version(&self, registration: &Registration) -> Result<Version> {
        let bump = match &registration.version {
            VersionChoice::Exact(version) => return Ok(version.clone()),
            VersionChoice::Next(bump) => *bump,
        };
        match self.versions(&registration.name).map(|m| &m.version).max() {
            Some(highest) => Ok(highest.next(bump)?),
            None => Ok(match bump {
                Bump::Major => Version::new(1, 0, 0),
                Bump::Minor => Version::new(0, 1, 0),
                Bump::Patch => Version::new(0, 0, 1),
            }),
        }
    }

    fn find_parent(&self, parent: Option<&Parent>) -> Result<Option<ModelId>> {
        let (found, wanted) = match parent {
            None => return Ok(None),
            Some(Parent::Id(id)) => (self.models.get(id), id.to_string()),
            Some(Parent::Version(name, version)) => (
                self.versions(name).find(|m| m.version == *version),
                format!("{name}@{version}"),
            ),
            Some(Parent::Entry(place)) => (None, format!("entry {} of the request", place + 1)),
        };
        match found {
            Some(model) => Ok(Some(model.id)),
            None => Err(Error::ParentNotFound { wanted }),
        }
    }

    fn insert(&mut self, registration: Registration, version: Version, parent: Option<ModelId>) -> Model {
        self.last_id += 1;
        let ordinal = self.last_ordinals.entry(registration.name.clone()).or_default();
        *ordinal += 1;
        let ordinal = *ordinal;
        let at = self.context.at;
        let mut exports: Vec<Export> = Vec::new();
        for export in registration.exports {
            exports.retain(|other| other.format != export.format || other.path != export.path);
            exports.push(export.at(at));
        }
        exports.sort_by_key(|export| (export.format.clone(), export.path.clone()));
        let mut tags = each_once(&registration.tags);
        tags.sort();
        let label = |name| Tag {
            name,
            since: at,
            promoted: false,
        };
        let measured = registration.checkpoint.size_bytes.map(SizeMb::from_bytes);
        let model = Model {
            id: ModelId::try_from(self.last_id).unwrap(),
            name: registration.name,
            version,
            ordinal,
            checkpoint_path: registration.checkpoint.path,
            checkpoint_absolute: registration.checkpoint.absolute,
            size_bytes: registration.checkpoint.size_bytes,
            task_type: registration.task_type,
            config_hash: registration.config_hash,
            training_run_id: registration.training_run_id,
            parent,
            created_at: at,
            updated_at: at,
            created_by: self.context.actor.clone(),
            metrics: registration.metrics,
            declared_formats: each_once(&registration.export_formats),
            exports,
            model_size_mb: registration.model_size_mb.or(measured),
            memory_req_gb: registration.memory_req_gb,
            metadata: registration.metadata,
            notes: registration.notes,
            status: registration.status,
            tags: tags.into_iter().map(label).collect(),
        };
        self.log_registration(&model);
        self.models.insert(model.id, model.clone());
        model
    }

    fn log_registration(&mut self, model: &Model) {
        let reference = || Some(model.reference());
        self.log(EventKind::Registered, reference(), None).after(json!({
            "checkpoint_path": model.checkpoint_path,
            "task_type": model.task_type,
            "config_hash": model.config_hash,
            "parent_model_id": model.parent,
            "metrics": model.metrics,
        }));
        for tag in &model.tags {
            let event = self.log(EventKind::Labelled, reference(), Some(&tag.name)).id();
            self.grants.insert((model.id, tag.name.clone()), event);
        }
        for export in &model.exports {
            let after = json!({ "export_format": export.format, "export_path": export.path });
            self.log(EventKind::ExportAdded, reference(), None).after(after);
        }
        if model.status == Status::Retired {
            let after = json!({ "status": "retired" });
            self.log(EventKind::Retired, reference(), None).after(after);
        }
    }
}

/// Without repeats, in the order of first appearance.
fn each_once<T: Clone + PartialEq>(values: &[T]) -> Vec<T> {
    let mut once: Vec<T> = Vec::new();
    for value in values {
        if !once.contains(value) {
            once.push(value.clone());
        }
    }
    once
}

/// The tags of a model as the errors list them.
pub(super) fn tag_names(model: &Model) -> Vec<TagName> {
    model.tags.iter().map(|tag| tag.name.clone()).collect()
}
