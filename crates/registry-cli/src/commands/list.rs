//! `list` and `search`: models, page by page, or how many there are.

mod form;
mod pages;

use registry_core::search::{
    Count, FacetLimits, Field, Filter, ModelSummary, NumberField, SearchQuery, SortField,
};
use registry_core::{Limit, Model, ModelId, RegistryStore, RegistryStoreExt, Timestamp};
use serde_json::json;

use super::Answer;
use crate::args::{List, ListFormat};
use crate::failure::Failure;
use crate::output::Output;
use crate::render::{self, ModelColumn, number};
use crate::session::Session;
use form::Form;

/// How far models are counted for a person.
pub(super) const COUNTED_FOR_PEOPLE: u64 = 10_000;

pub(super) async fn run(args: List, store: &dyn RegistryStore, session: &mut Session<'_, '_>) -> Answer {
    let parent = match &args.selection.parent {
        // No verb gets this id: a model that isn't there would look like one without children.
        Some(selector) => Some(store.get(selector).await?.id),
        None => None,
    };
    let listing = &args.listing;
    let query = args.selection.query(&args.filters, parent, listing.sorts())?;
    let now = Timestamp::now();
    if listing.count {
        let count = store.count(&query, now, None).await?;
        return Ok(session.answer(|| json!(count), |_| count.number().to_string()));
    }
    if listing.facets {
        return facets(&query, listing.limit, now, store, session).await;
    }
    let form = chosen_form(&args, &query, session.json)?;
    let query = match &listing.cursor {
        Some(cursor) => query.from_cursor(cursor.clone())?,
        None => query,
    };
    let limit = listing.models();
    let for_people = form.is_for_people();
    let printed = if form.needs_whole_models() {
        pages::print::<Model>(query.clone(), limit, now, form, store, session).await?
    } else {
        pages::print::<ModelSummary>(query.clone(), limit, now, form, store, session).await?
    };
    match printed {
        pages::Printed::Stopped(error) => Ok(Output::stopped(error)),
        pages::Printed::Nothing if for_people && limit != Limit::AtMost(0) && query.cursor().is_none() => {
            nothing(&args, parent, now, store).await
        }
        pages::Printed::Nothing | pages::Printed::Some { next: None } => Ok(Output::text("")),
        pages::Printed::Some { next: Some(next) } => Ok(Output::text("").hint(format!(
            "there are more: --cursor {next} shows the next page, --all every one"
        ))),
    }
}

async fn facets(
    query: &SearchQuery,
    values: Option<Limit>,
    now: Timestamp,
    store: &dyn RegistryStore,
    session: &Session<'_, '_>,
) -> Answer {
    let mut limits = FacetLimits::default();
    match values {
        Some(Limit::AtMost(values)) => limits.values = values,
        Some(Limit::Unlimited) => limits.values = u32::MAX,
        None => {}
    }
    let facets = store.facets(query, now, limits).await?;
    Ok(session.answer(|| json!(facets), |screen| render::facets(&facets, screen)))
}

/// The form that was asked for.
fn chosen_form(args: &List, query: &SearchQuery, json: bool) -> Result<Form, Failure> {
    let columns = args.listing.columns();
    let by_default = if json { ListFormat::Json } else { ListFormat::Table };
    Ok(match (args.listing.format.unwrap_or(by_default), columns) {
        (ListFormat::Table, _) if args.listing.verbose => Form::verbose(),
        (ListFormat::Table, Some(columns)) => Form::table(columns),
        (ListFormat::Table, None) => Form::usual_table(added_columns(query)),
        (ListFormat::Csv, Some(columns)) => Form::chosen_csv(columns),
        (ListFormat::Csv, None) => Form::csv(),
        (ListFormat::Json | ListFormat::Jsonl, Some(_)) => {
            return Err(Failure::usage(
                "--columns chooses the columns of a table or of CSV, and JSON holds whole models",
                "leave out --columns, or ask for --format csv",
            ));
        }
        (ListFormat::Json, None) => Form::json(),
        (ListFormat::Jsonl, None) => Form::jsonl(),
    })
}

/// What a search is about belongs into its table: the fields that it is sorted by and the metrics that it names.
fn added_columns(query: &SearchQuery) -> Vec<ModelColumn> {
    let sorted = query.order().keys().iter().map(|sort| sort.field.clone());
    let filtered = query.filter().into_iter().flat_map(|filter| {
        filter.tests().into_iter().filter_map(|test| match test.field() {
            Field::Number(field @ NumberField::Metric(_)) => Some(SortField::Number(field)),
            _ => None,
        })
    });
    sorted.chain(filtered).map(ModelColumn::Field).collect()
}

/// What to say where nothing was found; a hint only, so that a pipe stays empty.
async fn nothing(args: &List, parent: Option<ModelId>, now: Timestamp, store: &dyn RegistryStore) -> Answer {
    let output = Output::text("");
    let everything = SearchQuery::of_every_status(None, Vec::new())?;
    if store.count(&everything, now, Some(0)).await? == Count::Exactly(0) {
        return Ok(output.hint(super::NO_MODELS));
    }
    if !args.selection.silent_about_status() {
        return Ok(output);
    }
    let filter = args.selection.filter(&args.filters, parent)?;
    if filter.as_ref().is_some_and(Filter::mentions_status) {
        return Ok(output);
    }
    let query = SearchQuery::of_every_status(filter, Vec::new())?;
    let retired = store.count(&query, now, Some(COUNTED_FOR_PEOPLE)).await?;
    Ok(match retired.number() {
        0 => output,
        count => output.hint(format!(
            "{}{} retired model(s) fit; --status all shows them",
            if retired.is_exact() { "" } else { "more than " },
            number::grouped(count)
        )),
    })
}
