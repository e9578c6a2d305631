//! `history`: what happened, newest first.

use registry_core::{Error, HistoryQuery, Limit, ModelId, RegistryStore, Result, Selector};
use serde_json::json;

use super::catalog::piece;
use super::{Answer, PIECE};
use crate::args::History;
use crate::document::ListDocument;
use crate::output::Output;
use crate::render;
use crate::render::grid::LongTable;
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
        limit: args.limit(),
        before: args.before(),
    };
    let whole = args.name.is_none() && args.tag.is_none() && args.before().is_none();
    let mut document = ListDocument::new(&[], "events");
    let mut table = LongTable::default();
    let mut left = args.limit();
    let mut shown = 0;
    let next = loop {
        let (limit, rest) = piece(left);
        query.limit = limit;
        let page = store.history(&query).await?;
        shown += page.items.len();
        if let (Some(model), 0, true) = (model, shown, whole && args.limit() != Limit::AtMost(0)) {
            // Every model has at least the event by which it came.
            let wanted = model.to_string();
            return Err(Error::ModelNotFound { wanted }.into());
        }
        let text = if session.json {
            document.items(&page.items)
        } else if page.items.is_empty() {
            String::new()
        } else {
            render::history(&mut table, &page.items, &session.screen)
        };
        if let Err(error) = session.print(&text) {
            return Ok(Output::stopped(error));
        }
        match (page.next, rest) {
            (Some(next), Some(rest)) => (query.before, left) = (Some(next), rest),
            (next, _) => break next,
        }
    };
    if session.json {
        return Ok(Output::text(document.end(&[("next", json!(next))])));
    }
    if shown == 0 {
        return Ok(Output::text("No events found."));
    }
    Ok(match next {
        Some(next) => Output::text("").hint(format!(
            "there are older ones: --before {next} shows the next page, --all every one"
        )),
        None => Output::text(""),
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
