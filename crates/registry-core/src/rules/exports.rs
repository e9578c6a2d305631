//! Exports of a model.

use serde_json::json;

use super::{Decision, Draft, NewEvent};
use crate::backend::Change;
use crate::context::WriteContext;
use crate::error::{Error, Result};
use crate::event::EventKind;
use crate::export::{Export, NewExport};
use crate::model::Model;
use crate::text::ExportFormat;

/// Decides an export: added, or with the same format and path updated; the same once more changes nothing.
pub fn add_export(mut model: Model, export: NewExport, context: &WriteContext) -> Decision<Model> {
    let same = |other: &&Export| other.format == export.format && other.path == export.path;
    let old = model.exports.iter().find(same).cloned();
    let (kind, before) = match &old {
        Some(old) if old.metadata == export.metadata => return Draft::new().answer(model),
        Some(old) => (EventKind::ExportUpdated, json!(old)),
        None => (EventKind::ExportAdded, json!(null)),
    };
    let export = export.at(context.at);
    let mut draft = Draft::new();
    draft.event(
        NewEvent::of(kind, &model.reference())
            .before(before)
            .after(json!(export)),
    );
    draft.change(Change::PutExport {
        model: model.id,
        export: export.clone(),
    });
    model
        .exports
        .retain(|other| (&other.format, &other.path) != (&export.format, &export.path));
    model.exports.push(export);
    model
        .exports
        .sort_by(|a, b| (&a.format, &a.path).cmp(&(&b.format, &b.path)));
    draft.answer(model)
}

/// Decides the removal of the exports of a format: the one at `path`, or all of them. The files stay.
///
/// # Errors
/// [`Error::ExportNotFound`].
pub fn remove_export(mut model: Model, format: &ExportFormat, path: Option<&str>) -> Result<Decision<Model>> {
    let reference = model.reference();
    let goes =
        |export: &Export| export.format == *format && path.is_none_or(|path| export.path.as_str() == path);
    let mut draft = Draft::new();
    for export in model.exports.iter().filter(|export| goes(export)) {
        draft.event(NewEvent::of(EventKind::ExportRemoved, &reference).before(json!(export)));
        draft.change(Change::RemoveExport {
            model: model.id,
            format: export.format.clone(),
            path: export.path.as_str().to_owned(),
        });
    }
    if draft.changes.is_empty() {
        return Err(Error::ExportNotFound {
            model: reference,
            format: format.clone(),
            path: path.map(ToOwned::to_owned),
        });
    }
    model.exports.retain(|export| !goes(export));
    Ok(draft.answer(model))
}
