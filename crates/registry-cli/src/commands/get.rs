//! `get`: one model, or what held a tag at some time.

use registry_core::{
    ConfigHash, Error, Holding, Model, ModelRef, RegistryStore, RegistryStoreExt, Selector, Timestamp,
};
use serde_json::json;

use super::Answer;
use super::written::word;
use crate::args::Get;
use crate::failure::Failure;
use crate::render::text::plain_lines;
use crate::render::time::moment;
use crate::render::{self, Screen};
use crate::session::Session;

pub(super) async fn run(args: Get, store: &dyn RegistryStore, session: &Session<'_, '_>) -> Answer {
    if let Some(hash) = &args.config_hash {
        return by_config(hash, store, session).await;
    }
    let at = match &args.at {
        Some(at) => Some(at.on(&session.screen)?),
        None => None,
    };
    let selector = args.selector()?;
    match at {
        Some(at) => held_at(selector, at, store, session).await,
        None => shown(&store.get(&selector).await?, store, session).await,
    }
}

async fn shown(model: &Model, store: &dyn RegistryStore, session: &Session<'_, '_>) -> Answer {
    let parent = parent_of(model, store, session).await?;
    Ok(session.answer(
        || json!(model),
        |screen| render::model(model, parent.as_ref(), screen),
    ))
}

/// The parent for the text; JSON has its id.
async fn parent_of(
    model: &Model,
    store: &dyn RegistryStore,
    session: &Session<'_, '_>,
) -> Result<Option<ModelRef>, Failure> {
    match model.parent {
        Some(id) if !session.json => Ok(store
            .find(&Selector::Id(id))
            .await?
            .map(|parent| parent.reference())),
        _ => Ok(None),
    }
}

async fn by_config(hash: &ConfigHash, store: &dyn RegistryStore, session: &Session<'_, '_>) -> Answer {
    let models = store.find_by_config(hash).await?;
    let Some(newest) = models.first() else {
        let wanted = hash.as_str().to_owned();
        return Err(Error::ModelNotFound { wanted }.into());
    };
    let output = shown(newest, store, session).await?;
    Ok(match models.len() {
        1 => output,
        count => output.hint(format!(
            "{count} models have this config hash, this is the newest: `registry-cli list --status all --config-hash {hash}` shows all",
            hash = word(hash.as_str())
        )),
    })
}

async fn held_at(
    selector: Selector,
    at: Timestamp,
    store: &dyn RegistryStore,
    session: &Session<'_, '_>,
) -> Answer {
    let Selector::Tag { tag, name } = &selector else {
        return Err(Failure::usage(
            "--at asks who held a tag, and no tag was named",
            "name it with --tag, or as `:production`",
        ));
    };
    let Some(holding) = store.find_holding(tag, name.as_ref(), at).await? else {
        let wanted = format!("{selector} at {at}");
        return Err(Error::ModelNotFound { wanted }.into());
    };
    let parent = match &holding.model {
        Some(model) => parent_of(model, store, session).await?,
        None => None,
    };
    Ok(session.answer(
        || json!(holding),
        |screen| match &holding.model {
            Some(model) => {
                sentence(&holding, at, screen) + "\n" + &render::model(model, parent.as_ref(), screen)
            }
            None => sentence(&holding, at, screen) + "it was deleted since\n",
        },
    ))
}

fn sentence(holding: &Holding, at: Timestamp, screen: &Screen) -> String {
    let Holding {
        tag,
        holder,
        since,
        actor,
        ..
    } = holding;
    let (at, since) = (moment(at, screen), moment(*since, screen));
    let sentence = format!(
        "at {at} `{tag}` was held by {holder}, since {since}, given by {actor}
"
    );
    plain_lines(&sentence, screen)
}
