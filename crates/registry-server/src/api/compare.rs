//! `/compare` and `/leaderboard`: versions beside each other.

use axum::extract::State;
use registry_core::document::ComparisonDocument;
use registry_core::search::Filter;
use registry_core::{
    Direction, Error, InvalidValue, LeaderboardQuery, MetricName, ModelId, RegistryStoreExt as _, Selector,
    Timestamp, ValueKind,
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::Shared;
use super::query::limit;
use crate::app::App;
use crate::http::answer::{Answer, json};
use crate::http::extract::Parameters;
use crate::http::problem::Problem;
use crate::schema;

/// The most models of a comparison.
const MOST_COMPARED: usize = 100;

/// Models side by side
///
/// `model`, repeated: an id or another selector. `metric`, repeated: these metrics in this order, else every one.
#[utoipa::path(get, path = "/api/v1/compare", tag = "models", operation_id = "compare_models",
    params(("model" = inline(Vec<schema::Selector>), Query), ("metric" = inline(Option<Vec<schema::Line>>), Query), ("better" = inline(Option<schema::Better>), Query)),
    responses((status = 200, body = schema::Comparison)))]
pub(crate) async fn compare(
    State(app): Shared,
    Parameters(pairs): Parameters<Vec<(String, String)>>,
) -> Answer {
    let (mut selectors, mut metrics, mut better) = (Vec::new(), Vec::new(), None);
    for (name, value) in pairs {
        match name.as_str() {
            "model" => selectors.push(Selector::parse(&value)?),
            "metric" => metrics.push(MetricName::parse(value)?),
            "better" => better = direction(Some(&value))?,
            _ => return Err(Problem::bad_request(format!("there is no parameter `{name}`"))),
        }
    }
    if selectors.is_empty() || selectors.len() > MOST_COMPARED {
        return Err(Problem::bad_request(format!(
            "a comparison has 1 to {MOST_COMPARED} models, each as `model=...`"
        )));
    }
    let (ids, unknown) = resolve(&app, &selectors).await?;
    let metrics = Some(metrics).filter(|metrics| !metrics.is_empty());
    let comparison = app.store.compare(&ids, metrics, better).await?;
    if comparison.models.is_empty() {
        let wanted: Vec<String> = selectors.iter().map(ToString::to_string).collect();
        let wanted = wanted.join(", ");
        return Err(Error::ModelNotFound { wanted }.into());
    }
    Ok(json(&ComparisonDocument::new(&comparison, unknown)))
}

/// The ids in the order asked, and what names nothing.
async fn resolve(app: &App, selectors: &[Selector]) -> Result<(Vec<ModelId>, Vec<String>), Problem> {
    let (mut ids, mut unknown) = (Vec::new(), Vec::new());
    for selector in selectors {
        match selector {
            Selector::Id(id) => ids.push(*id),
            _ => match app.store.find(selector).await? {
                Some(model) => ids.push(model.id),
                None => unknown.push(selector.to_string()),
            },
        }
    }
    Ok((ids, unknown))
}

fn direction(text: Option<&str>) -> Result<Option<Direction>, InvalidValue> {
    match text {
        None => Ok(None),
        Some("low") => Ok(Some(Direction::Lower)),
        Some("high") => Ok(Some(Direction::Higher)),
        Some(text) => Err(InvalidValue::new(
            ValueKind::Setting,
            text,
            "better is `low` or `high`",
        )),
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct LeaderboardParameters {
    /// By which metric
    #[param(inline, value_type = schema::Line)]
    metric: String,
    /// Which values are better: `low` or `high` [default: as the metric's name suggests]
    #[param(inline, value_type = Option<schema::Better>)]
    better: Option<String>,
    /// A filter
    r#where: Option<String>,
    /// How many names [default: 10]
    #[param(maximum = 100)]
    limit: Option<u32>,
}

/// The best version of each name by a metric
#[utoipa::path(get, path = "/api/v1/leaderboard", tag = "search", operation_id = "get_leaderboard",
    params(LeaderboardParameters),
    responses((status = 200, body = schema::Leaderboard)))]
pub(crate) async fn leaderboard(
    State(app): Shared,
    Parameters(asked): Parameters<LeaderboardParameters>,
) -> Answer {
    let mut query = LeaderboardQuery::new(MetricName::parse(asked.metric)?);
    query.better = direction(asked.better.as_deref())?;
    query.filter = asked.r#where.as_deref().map(Filter::parse).transpose()?;
    query.limit = limit(asked.limit.or(Some(query.limit)), registry_core::MAX_LEADERS)?;
    Ok(json(&app.store.leaderboard(&query, Timestamp::now()).await?))
}
