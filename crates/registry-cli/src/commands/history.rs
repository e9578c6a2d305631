//! `history`: what happened, newest first.

use registry_core::{Error, HistoryQuery, Limit, ModelId, RegistryStore, Result, Selector};

use super::pages::{older, print};
use super::{Answer, PIECE};
use crate::args::History;
use crate::render;
use crate::session::Session;

pub(super) async fn run(args: History, store: &dyn RegistryStore, session: &mut Session<'_, '_>) -> Answer {
    let model = match args.model() {
        Some(selector) => Some(resolve_once(store, selector).await?),
        None => None,
    };
    let mut query = HistoryQuery {
        model,
        name: args.name.clone(),
        tag: args.tag.clone(),
        ..HistoryQuery::default()
    };
    let asked = args.limit();
    let whole = args.name.is_none() && args.tag.is_none() && args.before().is_none();
    let read = async |limit, before, shown| {
        (query.limit, query.before) = (limit, before);
        let page = store.history(&query).await?;
        if let (Some(model), 0, true) = (
            model,
            shown + page.items.len(),
            whole && asked != Limit::AtMost(0),
        ) {
            // Every model has at least the event by which it came.
            let wanted = model.to_string();
            return Err(Error::ModelNotFound { wanted }.into());
        }
        Ok(page)
    };
    let printed = print(session, "events", asked, args.before(), read, render::history);
    Ok(older(printed.await?, "No events found."))
}

/// The id of a model that is there, or was: ids need no model, and a version is looked up in the history of its name.
async fn resolve_once(store: &dyn RegistryStore, selector: &Selector) -> Result<ModelId> {
    if let Selector::Id(id) = selector {
        return Ok(*id);
    }
    if let Some(model) = store.find(selector).await? {
        return Ok(model.id);
    }
    if let Selector::Version { name, version } = selector {
        let mut query = HistoryQuery {
            name: Some(name.clone()),
            limit: Limit::AtMost(PIECE),
            ..HistoryQuery::default()
        };
        loop {
            let page = store.history(&query).await?;
            let mut models = page.items.into_iter().filter_map(|event| event.model);
            if let Some(model) = models.find(|model| model.version == *version) {
                return Ok(model.id);
            }
            if page.next.is_none() {
                break;
            }
            query.before = page.next;
        }
    }
    let wanted = selector.to_string();
    Err(Error::ModelNotFound { wanted })
}
