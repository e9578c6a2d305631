//! Deletes.

use registry_core::{Deletion, Error, EventKind, Model, ModelId, ModelRef, Result};
use serde_json::json;

use super::register::tag_names;
use super::state::Write;

impl Write<'_> {
    pub(super) fn delete(&mut self, id: ModelId, force: bool) -> Result<Deletion> {
        let model = self.model(id)?.clone();
        let children = self.models.values().filter(|child| child.parent == Some(id));
        let orphans: Vec<ModelRef> = children.map(Model::reference).collect();
        let in_use = !model.tags.is_empty() || !orphans.is_empty();
        if in_use && !force {
            return Err(Error::ModelInUse {
                model: model.reference(),
                tags: tag_names(&model),
                children: orphans,
            });
        }
        for tag in &model.tags {
            self.take(id, &tag.name)?;
            let before = json!({ "promoted": tag.promoted });
            self.log(EventKind::Untagged, Some(model.reference()), Some(&tag.name))
                .before(before);
        }
        let at = self.context.at;
        for orphan in &orphans {
            let child = self.model_mut(orphan.id)?;
            child.parent = None;
            child.updated_at = at;
            self.log(EventKind::Updated, Some(orphan.clone()), None)
                .before(json!({ "parent_model_id": id }))
                .after(json!({ "parent_model_id": null }));
        }
        self.log(EventKind::Deleted, Some(model.reference()), None)
            .before(json!(model));
        self.models.remove(&id);
        Ok(Deletion { model, orphans })
    }
}
