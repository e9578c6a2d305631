//! `list`: models, newest first.

use registry_core::search::SearchQuery;
use registry_core::{Model, RegistryStore, Timestamp};
use serde_json::json;

use super::Answer;
use crate::args::{List, ListFormat};
use crate::database::resolve;
use crate::output::Output;
use crate::render;
use crate::session::Session;

pub(super) async fn run(args: List, store: &dyn RegistryStore, session: &Session<'_, '_>) -> Answer {
    let parent = match &args.parent {
        Some(selector) => Some(resolve(store, selector).await?),
        None => None,
    };
    let query = SearchQuery::of_every_status(args.filter(parent)?, Vec::new())?.limit(args.limit);
    let query = match args.cursor {
        Some(cursor) => query.from_cursor(cursor)?,
        None => query,
    };
    let page = store.search_models(&query, Timestamp::now()).await?;
    let by_default = if session.json {
        ListFormat::Json
    } else {
        ListFormat::Table
    };
    let more = page.next.is_some();
    let output = match args.format.unwrap_or(by_default) {
        ListFormat::Table if args.verbose => {
            Output::text(render::model_verbose(&page.items, more, &session.screen))
        }
        ListFormat::Table => Output::text(render::model_table(&page.items, more, &session.screen)),
        ListFormat::Json => Output::json(&json!({ "models": page.items, "next": page.next })),
        ListFormat::Jsonl => Output::text(lines(&page.items)),
        ListFormat::Csv => Output::text(render::models_csv(&page.items)),
    };
    Ok(match page.next {
        Some(next) => output.hint(format!(
            "there are more: --cursor {next} shows the next page, --limit -1 all"
        )),
        None => output,
    })
}

/// One line of JSON for each model.
fn lines(models: &[Model]) -> String {
    let lines: Vec<String> = models.iter().map(|model| json!(model).to_string()).collect();
    lines.join("\n")
}
