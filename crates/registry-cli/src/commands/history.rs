//! `history`: what happened, newest first.

use registry_core::{Error, HistoryQuery, Limit, ModelId, RegistryStore, Result, Selector};
use serde_json::json;

use super::Answer;
use crate::args::History;
use crate::render;
use crate::session::Session;

pub(super) async fn run(args: History, store: &dyn RegistryStore, session: &Session<'_, '_>) -> Answer {
    let model = match args.model() {
        Some(selector) => Some(resolve_once(store, selector).await?),
        None => None,
    };
    let query = HistoryQuery {
        model,
        name: args.name.clone(),
        tag: args.tag.clone(),
        limit: args.limit,
        before: args.before(),
    };
    let page = store.history(&query).await?;
    let whole = args.name.is_none() && args.tag.is_none() && args.before().is_none();
    if let (Some(model), true, true) = (
        model,
        page.items.is_empty(),
        whole && args.limit != Limit::AtMost(0),
    ) {
        // Every model has at least the event by which it came.
        let wanted = model.to_string();
        return Err(Error::ModelNotFound { wanted }.into());
    }
    let output = session.answer(
        || json!({ "events": page.items, "next": page.next }),
        |screen| render::history(&page.items, screen),
    );
    Ok(match page.next {
        Some(next) => output.hint(format!(
            "there are older ones: --before {next} shows the next page"
        )),
        None => output,
    })
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
        let query = HistoryQuery {
            name: Some(name.clone()),
            limit: Limit::Unlimited,
            ..HistoryQuery::default()
        };
        let events = store.history(&query).await?.items;
        let models = events.into_iter().filter_map(|event| event.model);
        if let Some(model) = models.into_iter().find(|model| model.version == *version) {
            return Ok(model.id);
        }
    }
    let wanted = selector.to_string();
    Err(Error::ModelNotFound { wanted })
}
