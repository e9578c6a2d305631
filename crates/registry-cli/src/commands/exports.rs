//! `exports` and `add-export`: the same model in other formats.

use registry_core::document::ExportsDocument;
use registry_core::{Export, Metadata, Model, NewExport, RegistryStore, RegistryStoreExt};
use serde_json::json;

use super::Answer;
use super::written::{joined, written};
use crate::args::{AddExport, Exports, ExportsCommand, ModelArgument, RemoveExport};
use crate::confirm::confirm;
use crate::render;
use crate::session::Session;

pub(super) async fn run(args: Exports, store: &dyn RegistryStore, session: &mut Session<'_, '_>) -> Answer {
    match args.command {
        ExportsCommand::List(model) => list(model, store, session).await,
        ExportsCommand::Add(args) => add(args, store, session).await,
        ExportsCommand::Remove(args) => remove(args, store, session).await,
    }
}

async fn list(model: ModelArgument, store: &dyn RegistryStore, session: &Session<'_, '_>) -> Answer {
    let model = store.get(&model.selector()?).await?;
    Ok(session.answer(
        || json!(ExportsDocument::from(&model)),
        |screen| render::exports(&model, screen),
    ))
}

pub(super) async fn add(args: AddExport, store: &dyn RegistryStore, session: &Session<'_, '_>) -> Answer {
    let metadata = match args.metadata {
        Some(argument) => Metadata::parse(&argument.read(session)?)?,
        None => Metadata::default(),
    };
    let before = store.get(&args.model.selector()?).await?;
    let export = NewExport {
        format: args.format.clone(),
        path: args.path.clone(),
        metadata,
    };
    let model = store
        .add_export(&args.write.context()?, before.id, export)
        .await?;
    let (format, path) = (&args.format, &args.path);
    let find = |model: &Model| {
        let mut exports = model.exports.iter();
        exports
            .find(|export| export.format == *format && export.path == *path)
            .cloned()
    };
    let model_ref = model.reference();
    let text = || match find(&before) {
        None => format!("added the `{format}` export of {model_ref}\n  Path: {path}\n"),
        known if known == find(&model) => {
            format!("{model_ref} has this `{format}` export already; nothing changed\n  Path: {path}\n")
        }
        Some(_) => format!("updated the `{format}` export of {model_ref}\n  Path: {path}\n"),
    };
    Ok(written(session, &args.write, || json!(model), text))
}

async fn remove(args: RemoveExport, store: &dyn RegistryStore, session: &mut Session<'_, '_>) -> Answer {
    let context = args.write.context()?;
    let before = store.get(&args.model.selector()?).await?;
    let remove = |context| store.remove_export(context, before.id, &args.format, args.path.as_deref());
    // A refusal comes before the question, not after it.
    let rehearsal = context.clone().dry_run(true);
    let after = remove(&rehearsal).await?;
    let mut gone = before.exports.clone();
    gone.retain(|export| !after.exports.contains(export));
    let settled = args.yes || context.dry_run || rehearsal.is_replayed();
    let agreed = settled || confirm(&question(&before, &gone), session.console)?;
    if !agreed {
        return Ok(session.cancelled());
    }
    let model = remove(&context).await?;
    let text = || {
        let gone = match gone[..] {
            [] => "what was there".into(),
            _ => places(&gone),
        };
        format!(
            "removed from {}: {gone}; files are not touched\n",
            model.reference()
        )
    };
    Ok(written(session, &args.write, || json!(model), text))
}

fn question(model: &Model, gone: &[Export]) -> String {
    let model = model.reference();
    let (count, gone) = (gone.len(), places(gone));
    format!(
        "remove {count} export(s) of {model} with their metadata for good: {gone}? Files are not touched."
    )
}

/// `onnx (out/model.onnx), onnx (out/small.onnx)`.
pub(super) fn places(exports: &[Export]) -> String {
    joined(
        exports
            .iter()
            .map(|export| format!("{} ({})", export.format, export.path)),
    )
}
