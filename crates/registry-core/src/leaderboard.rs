//! The best version of each name by one metric.
//!
//! Composed from searches, so it is the same on every backend. It never reads the whole registry: it walks the models
//! in the order of the metric and leaves out the names that it has seen.

use std::collections::HashSet;

use serde::{Serialize, Serializer};

use crate::direction::Direction;
use crate::error::Result;
use crate::query::Limit;
use crate::search::{Cursor, Filter, Heading, ModelSummary, NumberField, SearchQuery, Sort, SortField};
use crate::store::RegistryStore;
use crate::text::{MetricName, ModelName};
use crate::timestamp::Timestamp;
use crate::version::Version;

/// The most names that a leaderboard may have.
pub const MAX_LEADERS: u32 = 100;

/// How many models are read at a time.
const PAGE: u32 = 50;

/// What a leaderboard shall show.
#[derive(Debug, Clone, PartialEq)]
pub struct LeaderboardQuery {
    /// By which metric.
    pub metric: MetricName,
    /// Which values are better; `None`: as the metric's name suggests.
    pub better: Option<Direction>,
    /// Which models take part. As in a search, active ones only, unless the filter speaks of the status.
    pub filter: Option<Filter>,
    /// How many names; at most [`MAX_LEADERS`] are shown.
    pub limit: u32,
    /// How many of a name's last versions make its trend.
    pub trend: u32,
}

impl LeaderboardQuery {
    /// The ten best names, with the trend of their last twenty versions.
    pub fn new(metric: MetricName) -> Self {
        Self {
            metric,
            better: None,
            filter: None,
            limit: 10,
            trend: 20,
        }
    }
}

/// The best version of each name, the best name first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Leaderboard {
    /// By which metric.
    pub metric: MetricName,
    /// Which values are better.
    #[serde(serialize_with = "word")]
    pub better: Direction,
    /// The names.
    pub leaders: Vec<Leader>,
    /// Whether there are more names.
    pub more: bool,
}

/// A name's best version.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Leader {
    /// The version.
    pub model: ModelSummary,
    /// Its value.
    pub value: f64,
    /// Its value less the best one of all.
    pub gap: f64,
    /// The values of the name's last versions, of every status, the lowest version first.
    pub trend: Vec<TrendPoint>,
}

/// The value of one version.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrendPoint {
    /// The version.
    pub version: Version,
    /// Its value.
    pub value: f64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
fn word<S: Serializer>(better: &Direction, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.serialize_str(match better {
        Direction::Lower => "low",
        Direction::Higher => "high",
    })
}

/// Asks a store.
pub(crate) async fn of<S: RegistryStore + ?Sized>(
    store: &S,
    query: &LeaderboardQuery,
    now: Timestamp,
) -> Result<Leaderboard> {
    let better = query.better.unwrap_or_else(|| Direction::of(&query.metric));
    let field = SortField::Number(NumberField::Metric(query.metric.clone()));
    let sort = Sort {
        field,
        descending: better == Direction::Higher,
    };
    let (best, more) = best(store, query, &sort, now).await?;
    let first = best.first().map_or(0.0, |(_, value)| *value);
    let mut leaders = Vec::with_capacity(best.len());
    for (model, value) in best {
        let trend = trend(store, &model.name, query, now).await?;
        let gap = value - first;
        leaders.push(Leader {
            model,
            value,
            gap,
            trend,
        });
    }
    Ok(Leaderboard {
        metric: query.metric.clone(),
        better,
        leaders,
        more,
    })
}

/// The best version of each name and its value, and whether there are more names.
async fn best<S: RegistryStore + ?Sized>(
    store: &S,
    query: &LeaderboardQuery,
    sort: &Sort,
    now: Timestamp,
) -> Result<(Vec<(ModelSummary, f64)>, bool)> {
    let limit = usize::try_from(query.limit.min(MAX_LEADERS)).unwrap_or(usize::MAX);
    let measured = Filter::metric(query.metric.as_str())?.exists();
    let filter = match &query.filter {
        Some(filter) => filter.clone().and(measured),
        None => measured,
    };
    let mut seen: HashSet<ModelName> = HashSet::new();
    let mut leaders = Vec::new();
    let mut search = SearchQuery::new(Some(filter.clone()), vec![sort.clone()])?.limit(Limit::AtMost(PAGE));
    loop {
        let page = store.search(&search, now).await?;
        for model in &page.items {
            let Some(value) = model.metrics.get(query.metric.as_str()) else {
                continue;
            };
            if seen.contains(&model.name) {
                continue;
            }
            if leaders.len() >= limit {
                return Ok((leaders, true));
            }
            seen.insert(model.name.clone());
            leaders.push((model.clone(), value));
        }
        let (Some(last), Some(next)) = (page.items.last(), page.next) else {
            return Ok((leaders, false));
        };
        // The rest without the names seen: each page brings a new name, or is the last. A filter that has grown
        // beyond its limits ends the list, and says that it isn't whole.
        let unseen = Filter::name().none_of(leaders.iter().map(|(model, _)| &model.name))?;
        let Ok(rest) = SearchQuery::new(Some(filter.clone().and(unseen)), vec![sort.clone()]) else {
            return Ok((leaders, true));
        };
        let place = Cursor::at(&rest, last, Heading::Forward, next.as_of());
        search = rest.limit(Limit::AtMost(PAGE)).from_cursor(place)?;
    }
}

/// The values of the last versions of a name.
async fn trend<S: RegistryStore + ?Sized>(
    store: &S,
    name: &ModelName,
    query: &LeaderboardQuery,
    now: Timestamp,
) -> Result<Vec<TrendPoint>> {
    let metric = query.metric.as_str();
    let filter = Filter::name().equals(name)?.and(Filter::metric(metric)?.exists());
    let search = SearchQuery::of_every_status(Some(filter), vec![Sort::descending(SortField::Version)])?
        .limit(Limit::AtMost(query.trend));
    let mut points: Vec<TrendPoint> = store
        .search(&search, now)
        .await?
        .items
        .into_iter()
        .filter_map(|model| {
            let value = model.metrics.get(metric)?;
            Some(TrendPoint {
                version: model.version,
                value,
            })
        })
        .collect();
    points.reverse();
    Ok(points)
}
