//! `tag` and `untag`: labels.

use registry_core::{Labelling, RegistryStore, TagName};
use serde_json::json;

use super::Answer;
use super::written::{model_with, word, written};
use crate::args::TagCommand;
use crate::database::resolve;
use crate::session::Session;

pub(super) async fn add(args: TagCommand, store: &dyn RegistryStore, session: &Session<'_, '_>) -> Answer {
    let (selector, tag) = args.what.resolve()?;
    let model = resolve(store, &selector).await?;
    let labelling = store.label(&args.write.context()?, model, &tag).await?;
    let Labelling {
        model,
        promoted_holder,
        changed,
    } = &labelling;
    let json = || {
        model_with(
            model,
            [
                ("promoted_holder", json!(promoted_holder)),
                ("changed", json!(changed)),
            ],
        )
    };
    let output = written(session, &args.write, json, || added(&labelling, &tag));
    Ok(match promoted_holder {
        Some(_) => output.hint(moving(model.id, &tag)),
        None => output,
    })
}

fn added(labelling: &Labelling, tag: &TagName) -> String {
    let model = labelling.model.reference();
    let text = if labelling.changed {
        format!("tagged {model} with `{tag}`")
    } else {
        format!("{model} has the tag `{tag}` already; nothing was changed")
    };
    match &labelling.promoted_holder {
        Some(holder) => text + "\n" + &still_held(tag, holder),
        None => text,
    }
}

/// The line that says who keeps a tag that another model got as a label.
pub(super) fn still_held(tag: &TagName, holder: &registry_core::ModelRef) -> String {
    format!("  `{tag}` is still held by {holder}, promoted")
}

/// The hint that says how to take the tag from its promoted holder.
pub(super) fn moving(model: registry_core::ModelId, tag: &TagName) -> String {
    let tag = word(tag.as_str());
    format!(
        "a label takes a tag from nobody; to move it: registry-cli promote --model-id {model} --tag {tag}"
    )
}

pub(super) async fn remove(args: TagCommand, store: &dyn RegistryStore, session: &Session<'_, '_>) -> Answer {
    let (selector, tag) = args.what.resolve()?;
    let model = resolve(store, &selector).await?;
    let model = store.untag(&args.write.context()?, model, &tag).await?;
    let text = || format!("removed `{tag}` from {}\n", model.reference());
    Ok(written(session, &args.write, || json!(model), text))
}
