//! `leaderboard`: the best version of each name.

use registry_core::search::{Filter, SearchError};
use registry_core::{LeaderboardQuery, RegistryStore, RegistryStoreExt as _, Timestamp};
use serde_json::json;

use super::Answer;
use crate::args::Leaderboard;
use crate::output::Output;
use crate::render;
use crate::session::Session;

pub(super) async fn run(args: Leaderboard, store: &dyn RegistryStore, session: &Session<'_, '_>) -> Answer {
    let query = LeaderboardQuery {
        better: args.better(),
        filter: filter(&args)?,
        limit: args.limit,
        ..LeaderboardQuery::new(args.metric)
    };
    let board = store.leaderboard(&query, Timestamp::now()).await?;
    if session.json {
        return Ok(Output::json(&json!(board)));
    }
    if board.leaders.is_empty() && query.limit > 0 {
        let metric = board.metric.as_str();
        return Ok(Output::text("No models found.").hint(format!(
            "no active model that fits has the metric `{metric}`; `registry-cli list --columns name,version,metrics` shows which there are"
        )));
    }
    Ok(Output::text(render::leaderboard(&board, &session.screen)))
}

/// The options as one filter.
fn filter(args: &Leaderboard) -> Result<Option<Filter>, SearchError> {
    let mut filters = args.filters.clone();
    if let Some(name) = &args.name {
        filters.push(Filter::name().equals(name)?);
    }
    if let Some(task_type) = &args.task_type {
        filters.push(Filter::task_type().equals(task_type)?);
    }
    Ok(Filter::all(filters))
}
