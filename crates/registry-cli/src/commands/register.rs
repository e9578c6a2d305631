//! `register`: one model version, or many from a file.

mod bulk;

use registry_core::document::{Holders, RegisteredDocument, holders};
use registry_core::{
    ConfigHash, Error, ExportFormat, InvalidValue, Metadata, Metrics, Parent, Registered, Registration,
    RegistryStore, Selector, TagHolder, ValueKind, VersionChoice,
};
use serde_json::{Value, json};

use super::Answer;
use super::checkpoint::checkpoint;
use super::holder::{way_out, who_is_found};
use super::written::{joined, written};
use crate::args::{CommaList, Register};
use crate::database;
use crate::failure::Failure;
use crate::json_argument::JsonArgument;
use crate::output::Output;
use crate::render::number::model_size;
use crate::session::Session;

/// Nothing is opened, and no file made, before the whole request has been read.
pub(super) async fn run(mut args: Register, session: &Session<'_, '_>) -> Answer {
    if let Some(source) = args.from.take() {
        return bulk::run(&source, &args, session).await;
    }
    let parent = args.parent.take();
    let dry_run = args.write.dry_run;
    let context = args.write.context()?;
    let write = args.write.clone();
    let mut registration = registration(args, session)?;
    let (registry, _rehearsal) = database::open_or_create(&session.database, dry_run).await?;
    let answer = async {
        let store = registry.store();
        registration.parent = match parent {
            Some(selector) => Some(find_parent(store, selector).await?),
            None => None,
        };
        let registered = [store.register(&context, registration).await?];
        let holders = holders(store, &registered).await?;
        Ok((registered, holders))
    };
    let answer: Result<([Registered; 1], Holders), Failure> = answer.await;
    registry.close().await;
    let ([registered], holders) = answer?;
    let output = written(
        session,
        &write,
        || as_json(&registered, &holders),
        || text(&registered, &holders),
    );
    Ok(hints(output, &registered, &holders))
}

/// The registration as the arguments describe it, without its parent.
fn registration(args: Register, session: &Session<'_, '_>) -> Result<Registration, Failure> {
    let (Some(name), Some(path), Some(task_type)) = (args.name, args.checkpoint, args.task_type) else {
        return Err(Failure::usage(
            "a registration needs --name, --checkpoint and --task-type",
            "give them, or register from a file with --from",
        ));
    };
    let version = match (args.version, args.bump) {
        (Some(version), _) => VersionChoice::Exact(version),
        (None, Some(bump)) => VersionChoice::Next(bump),
        (None, None) => {
            return Err(Failure::usage(
                "a registration needs --version or --bump",
                "give one of them",
            ));
        }
    };
    // As in the original, the configuration wins over a hash given beside it.
    let config_hash = match (args.config, args.config_hash) {
        (Some(config), _) => ConfigHash::of_json(&config.read(session)?)?,
        (None, Some(hash)) => hash,
        (None, None) => {
            return Err(Failure::usage(
                "neither --config nor --config-hash was given",
                "pass the training configuration with --config '<json>' or --config @file, or its hash with --config-hash",
            ));
        }
    };
    let metrics = match args.metrics {
        Some(metrics) => Metrics::parse(&metrics.read(session)?)?,
        None => Metrics::default(),
    };
    let metadata = match args.metadata {
        Some(metadata) => Metadata::parse(&metadata.read(session)?)?,
        None => Metadata::default(),
    };
    let export_formats = match args.export_formats {
        Some(formats) => read_formats(formats, session)?,
        None => Vec::new(),
    };
    let checkpoint = checkpoint(&path, args.allow_missing, args.model_size_mb.is_some())?;
    let mut registration = Registration::new(name, version, checkpoint, task_type, config_hash);
    registration.metrics = metrics;
    registration.metadata = metadata;
    registration.export_formats = export_formats;
    registration.exports = args.export;
    registration.model_size_mb = args.model_size_mb;
    registration.memory_req_gb = args.memory_req_gb;
    registration.training_run_id = args.training_run_id;
    registration.notes = args.notes;
    registration.tags = CommaList::flatten(args.tags);
    Ok(registration)
}

fn read_formats(argument: JsonArgument, session: &Session<'_, '_>) -> Result<Vec<ExportFormat>, Failure> {
    let text = argument.read(session)?;
    Ok(formats(&text)?)
}

/// A JSON list of formats, or formats with commas.
fn formats(text: &str) -> Result<Vec<ExportFormat>, Error> {
    if !text.trim_start().starts_with('[') {
        return Ok(text.parse::<CommaList<ExportFormat>>()?.0);
    }
    let list: Vec<String> = serde_json::from_str(text).map_err(|error| {
        let problem = format!("it is not a JSON list of texts ({error})");
        InvalidValue::new(ValueKind::ExportFormat, text, problem)
    })?;
    Ok(list
        .into_iter()
        .map(ExportFormat::parse)
        .collect::<Result<_, _>>()?)
}

/// A parent by id or version is the registry's to find, in the same transaction; every other form is looked up here.
async fn find_parent(store: &dyn RegistryStore, selector: Selector) -> Result<Parent, Failure> {
    match selector {
        Selector::Id(id) => Ok(Parent::Id(id)),
        Selector::Version { name, version } => Ok(Parent::Version(name, version)),
        selector => {
            let parent = store.find(&selector).await?;
            let parent = parent.ok_or_else(|| Error::ParentNotFound {
                wanted: selector.to_string(),
            })?;
            Ok(Parent::Id(parent.id))
        }
    }
}

fn as_json(registered: &Registered, holders: &Holders) -> Value {
    json!(RegisteredDocument::new(registered, holders))
}

fn text(registered: &Registered, holders: &Holders) -> String {
    let model = &registered.model;
    let checkpoint = &model.checkpoint_path;
    let mut lines = vec![
        format!("registered {}@{} as id {}", model.name, model.version, model.id),
        match model_size(model) {
            Some(size) => format!("  Checkpoint: {checkpoint} ({size})"),
            None => format!("  Checkpoint: {checkpoint}"),
        },
    ];
    if !model.tags.is_empty() {
        lines.push(format!(
            "  Tags: {}",
            joined(model.tags.iter().map(|tag| &tag.name))
        ));
    }
    let reference = model.reference();
    let promoted = registered.promoted_holders.iter();
    lines.extend(promoted.map(|TagHolder { tag, model }| {
        let holder = holders.get(tag).and_then(Option::as_ref);
        who_is_found(tag, &reference, model, holder)
    }));
    lines.join("\n")
}

/// Says of each tag that another model holds by promotion how to undo the label.
fn hints(output: Output, registered: &Registered, holders: &Holders) -> Output {
    let reference = registered.model.reference();
    let promoted = registered.promoted_holders.iter();
    let hints = promoted.filter_map(|TagHolder { tag, model }| {
        let holder = holders.get(tag).and_then(Option::as_ref);
        way_out(tag, &reference, model, holder)
    });
    hints.fold(output, Output::hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_a_json_list_or_have_commas() {
        let names = |text: &str| {
            formats(text)
                .unwrap()
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        };
        assert_eq!(names(r#"["onnx", "torchscript"]"#), ["onnx", "torchscript"]);
        assert_eq!(names(" onnx, torchscript,"), ["onnx", "torchscript"]);
        assert!(names("[]").is_empty());
        assert!(formats(r#"["onnx", 1]"#).is_err());
        assert!(formats("[onnx]").is_err());
        assert!(formats(r#"[""]"#).is_err());
    }
}
