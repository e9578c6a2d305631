//! `versions`: the versions of a name, the highest first.

use registry_core::search::{Filter, NumberField, SearchQuery, Sort, SortField};
use registry_core::{Error, MetricName, RegistryStore, Timestamp};
use serde_json::json;

use super::Answer;
use super::pages::piece;
use crate::args::Versions;
use crate::document::ListDocument;
use crate::output::Output;
use crate::render::{ModelColumn, ModelTable};
use crate::session::Session;

pub(super) async fn run(args: Versions, store: &dyn RegistryStore, session: &mut Session<'_, '_>) -> Answer {
    let now = Timestamp::now();
    let mut filter = Filter::name().equals(&args.name)?;
    if let Some(after) = &args.page.after {
        filter = filter.and(Filter::version().less_than(after.clone())?);
    }
    let mut query = SearchQuery::of_every_status(Some(filter), vec![Sort::descending(SortField::Version)])?;
    let mut document = ListDocument::new(&[("name", json!(args.name))], "versions");
    let mut table = ModelTable::new(columns(args.metrics()));
    let mut left = args.page.limit();
    let mut shown = 0;
    let next = loop {
        let (limit, rest) = piece(left);
        let page = store.search(&query.clone().limit(limit), now).await?;
        if shown == 0 && page.items.is_empty() && args.page.after.is_none() && args.page.limit().as_i64() > 0
        {
            let wanted = args.name.to_string();
            return Err(Error::ModelNotFound { wanted }.into());
        }
        shown += page.items.len();
        let last = page.items.last().map(|model| model.version.clone());
        let text = if session.json {
            document.items(&page.items)
        } else if page.items.is_empty() {
            String::new()
        } else {
            table.page(&page.items, &session.screen)
        };
        if let Err(error) = session.print(&text) {
            return Ok(Output::stopped(error));
        }
        match (page.next, rest) {
            (Some(next), Some(rest)) => (query, left) = (query.from_start().from_cursor(next)?, rest),
            (next, _) => break last.filter(|_| next.is_some()),
        }
    };
    if session.json {
        return Ok(Output::text(document.end(&[("next", json!(next))])));
    }
    if shown == 0 {
        return Ok(Output::text("No versions found."));
    }
    Ok(match next {
        Some(next) => Output::text("").hint(format!(
            "there are more: --after {next} shows the next page, --all every one"
        )),
        None => Output::text(""),
    })
}

fn columns(metrics: Vec<MetricName>) -> Vec<ModelColumn> {
    let mut columns = vec![
        ModelColumn::VERSION,
        ModelColumn::ID,
        ModelColumn::ORDINAL,
        ModelColumn::STATUS,
        ModelColumn::Tags,
        ModelColumn::CREATED,
    ];
    let metrics = metrics.into_iter().map(NumberField::Metric);
    columns.extend(metrics.map(|metric| ModelColumn::Field(SortField::Number(metric))));
    columns
}
