//! `tag` and `untag`: labels.

use registry_core::document::{LabellingDocument, holder};
use registry_core::{Labelling, ModelRef, RegistryStore, TagName};
use serde_json::json;

use super::Answer;
use super::holder::{way_out, who_is_found};
use super::written::written;
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
    // A label that was there already is not the last one given.
    let labelled = changed.then_some(model);
    let holder = holder(store, labelled.into_iter(), &tag).await?;
    let json = || json!(LabellingDocument::new(&labelling, holder.as_ref()));
    let text = || added(&labelling, &tag, holder.as_ref());
    let output = written(session, &args.write, json, text);
    let hint = promoted_holder
        .as_ref()
        .and_then(|promoted| way_out(&tag, &model.reference(), promoted, holder.as_ref()));
    Ok(match hint {
        Some(hint) => output.hint(hint),
        None => output,
    })
}

fn added(labelling: &Labelling, tag: &TagName, holder: Option<&ModelRef>) -> String {
    let model = labelling.model.reference();
    let text = if labelling.changed {
        format!("tagged {model} with `{tag}`")
    } else {
        format!("{model} has the tag `{tag}` already; nothing was changed")
    };
    match &labelling.promoted_holder {
        Some(promoted) => text + "\n" + &who_is_found(tag, &model, promoted, holder),
        None => text,
    }
}

pub(super) async fn remove(args: TagCommand, store: &dyn RegistryStore, session: &Session<'_, '_>) -> Answer {
    let (selector, tag) = args.what.resolve()?;
    let model = resolve(store, &selector).await?;
    let model = store.untag(&args.write.context()?, model, &tag).await?;
    let text = || format!("removed `{tag}` from {}\n", model.reference());
    Ok(written(session, &args.write, || json!(model), text))
}
