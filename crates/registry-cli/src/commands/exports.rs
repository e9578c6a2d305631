//! `exports` and `add-export`: the same model in other formats.

use registry_core::{Metadata, NewExport, RegistryStore, RegistryStoreExt};
use serde_json::json;

use super::Answer;
use super::written::written;
use crate::args::{AddExport, Exports, ExportsCommand, ModelArgument, RemoveExport};
use crate::database::resolve;
use crate::render;
use crate::session::Session;

pub(super) async fn run(args: Exports, store: &dyn RegistryStore, session: &Session<'_, '_>) -> Answer {
    match args.command {
        ExportsCommand::List(model) => list(model, store, session).await,
        ExportsCommand::Add(args) => add(args, store, session).await,
        ExportsCommand::Remove(args) => remove(args, store, session).await,
    }
}

async fn list(model: ModelArgument, store: &dyn RegistryStore, session: &Session<'_, '_>) -> Answer {
    let model = store.get(&model.selector()?).await?;
    Ok(session.answer(
        || json!({ "model_id": model.id, "export_formats": model.export_formats(), "exports": model.exports }),
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
    let known = before
        .exports
        .iter()
        .any(|export| export.format == *format && export.path == *path);
    let done = if known { "updated" } else { "added" };
    let text = || {
        format!(
            "{done} the `{format}` export of {}\n  Path: {path}\n",
            model.reference()
        )
    };
    Ok(written(session, &args.write, || json!(model), text))
}

async fn remove(args: RemoveExport, store: &dyn RegistryStore, session: &Session<'_, '_>) -> Answer {
    let model = resolve(store, &args.model.selector()?).await?;
    let context = args.write.context()?;
    let model = store
        .remove_export(&context, model, &args.format, args.path.as_deref())
        .await?;
    let (format, model_ref) = (&args.format, model.reference());
    let text = || match &args.path {
        Some(path) => {
            format!("removed the `{format}` export of {model_ref} at {path}; the file is not touched\n")
        }
        None => format!("removed every `{format}` export of {model_ref}; files are not touched\n"),
    };
    Ok(written(session, &args.write, || json!(model), text))
}
