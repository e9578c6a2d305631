//! Exports.

use registry_core::{Error, EventKind, Export, ExportFormat, Model, ModelId, NewExport, Result};
use serde_json::json;

use super::state::Write;

impl Write<'_> {
    pub(super) fn add_export(&mut self, id: ModelId, export: &NewExport) -> Result<Model> {
        let model = self.model(id)?.clone();
        let place = |other: &Export| other.format == export.format && other.path == export.path;
        let old = model.exports.iter().find(|other| place(other));
        if old.is_some_and(|old| old.metadata == export.metadata) {
            return Ok(model);
        }
        let kind = if old.is_some() {
            EventKind::ExportUpdated
        } else {
            EventKind::ExportAdded
        };
        let new = export.clone().at(self.context.at);
        self.log(kind, Some(model.reference()), None)
            .before(json!(old))
            .after(json!(new));
        let changed = self.model_mut(id)?;
        changed.exports.retain(|other| !place(other));
        changed.exports.push(new);
        changed
            .exports
            .sort_by_key(|export| (export.format.clone(), export.path.clone()));
        Ok(changed.clone())
    }

    pub(super) fn remove_export(
        &mut self,
        id: ModelId,
        format: &ExportFormat,
        path: Option<&str>,
    ) -> Result<Model> {
        let model = self.model(id)?.clone();
        let goes = |export: &Export| {
            export.format == *format && path.is_none_or(|path| export.path.as_str() == path)
        };
        if !model.exports.iter().any(goes) {
            return Err(Error::ExportNotFound {
                model: model.reference(),
                format: format.clone(),
                path: path.map(str::to_owned),
            });
        }
        for export in model.exports.iter().filter(|export| goes(export)) {
            self.log(EventKind::ExportRemoved, Some(model.reference()), None)
                .before(json!(export));
        }
        let changed = self.model_mut(id)?;
        changed.exports.retain(|export| !goes(export));
        Ok(changed.clone())
    }
}
