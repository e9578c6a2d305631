//! `update`: changes to a model's fields.

use registry_core::{
    FieldUpdate, InvalidValue, Metadata, MetadataUpdate, Metrics, MetricsPatch, MetricsUpdate, Model,
    ModelUpdate, RegistryStore, RegistryStoreExt, Selector,
};
use serde_json::{Value, json};

use super::Answer;
use super::checkpoint::checkpoint;
use super::written::written;
use crate::args::{Clearable, Update};
use crate::database::resolve;
use crate::failure::Failure;
use crate::json_argument::JsonArgument;
use crate::render::{self, Screen};
use crate::session::Session;

pub(super) async fn run(mut args: Update, store: &dyn RegistryStore, session: &Session<'_, '_>) -> Answer {
    let clear = std::mem::take(&mut args.clear);
    let parent = match &args.parent {
        Some(selector) => Some(resolve(store, selector).await?),
        None => None,
    };
    let size_given = args.model_size_mb.is_some();
    let update = ModelUpdate {
        task_type: args.task_type,
        metrics: metrics(args.metrics, args.replace_metrics, session)?,
        metadata: metadata(args.metadata, args.replace_metadata, session)?,
        memory_req_gb: field(args.memory_req_gb, Clearable::MemoryReqGb, &clear)?,
        model_size_mb: field(args.model_size_mb, Clearable::ModelSizeMb, &clear)?,
        training_run_id: field(args.training_run_id, Clearable::TrainingRunId, &clear)?,
        notes: field(args.notes, Clearable::Notes, &clear)?,
        checkpoint: args
            .checkpoint
            .map(|path| checkpoint(&path, args.allow_missing, size_given))
            .transpose()?,
        parent: field(parent, Clearable::Parent, &clear)?,
    };
    let model = resolve(store, &args.model.selector()?).await?;
    let context = args.write.context()?;
    let before = store.get(&Selector::Id(model)).await?;
    let model = store.update(&context, model, update).await?;
    Ok(written(
        session,
        &args.write,
        || json!(model),
        || text(&before, &model, &session.screen),
    ))
}

fn text(before: &Model, model: &Model, screen: &Screen) -> String {
    let changes = render::changes(before, model, screen);
    let model = model.reference();
    if changes.is_empty() {
        format!("{model} is like that already; nothing was changed\n")
    } else {
        format!("updated {model}\n  {changes}\n")
    }
}

/// What happens to a field that can be set or emptied.
fn field<T>(value: Option<T>, name: Clearable, clear: &[Clearable]) -> Result<FieldUpdate<T>, Failure> {
    match (value, clear.contains(&name)) {
        (Some(_), true) => Err(Failure::usage(
            "one field is both set and emptied",
            "leave it out of --clear, or leave out its own option",
        )),
        (Some(value), false) => Ok(FieldUpdate::Set(value)),
        (None, true) => Ok(FieldUpdate::Clear),
        (None, false) => Ok(FieldUpdate::Keep),
    }
}

fn metrics(
    merge: Option<JsonArgument>,
    replace: Option<JsonArgument>,
    session: &Session<'_, '_>,
) -> Result<MetricsUpdate, Failure> {
    match (merge, replace) {
        (_, Some(replace)) => Ok(MetricsUpdate::Replace(Metrics::parse(&replace.read(session)?)?)),
        (Some(merge), None) => Ok(metrics_patch(&merge.read(session)?)?),
        (None, None) => Ok(MetricsUpdate::Keep),
    }
}

fn metrics_patch(text: &str) -> Result<MetricsUpdate, InvalidValue> {
    match serde_json::from_str(text) {
        Ok(Value::Object(patch)) => MetricsPatch::from_json(&patch).map(MetricsUpdate::Merge),
        // Metrics refuse everything else, in their own words.
        _ => Metrics::parse(text).map(MetricsUpdate::Replace),
    }
}

fn metadata(
    merge: Option<JsonArgument>,
    replace: Option<JsonArgument>,
    session: &Session<'_, '_>,
) -> Result<MetadataUpdate, Failure> {
    match (merge, replace) {
        (_, Some(replace)) => Ok(MetadataUpdate::Replace(Metadata::parse(&replace.read(session)?)?)),
        (Some(merge), None) => {
            let patch = Metadata::parse(&merge.read(session)?)?;
            Ok(MetadataUpdate::Merge(patch.into_map()))
        }
        (None, None) => Ok(MetadataUpdate::Keep),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_kept_set_or_emptied() {
        let clear = [Clearable::Notes];
        assert_eq!(
            field(None::<i64>, Clearable::Notes, &clear).unwrap(),
            FieldUpdate::Clear
        );
        assert_eq!(
            field(None::<i64>, Clearable::Parent, &clear).unwrap(),
            FieldUpdate::Keep
        );
        assert_eq!(
            field(Some(1), Clearable::Parent, &clear).unwrap(),
            FieldUpdate::Set(1)
        );
        assert!(field(Some(1), Clearable::Notes, &clear).is_err());
    }
}
