//! A search: which models, in which order, how many, from where.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::cursor::{Cursor, Heading};
use super::error::SearchError;
use super::filter::Filter;
use super::sort::{Sort, SortOrder};
use crate::error::Error;
use crate::query::Limit;
use crate::status::Status;
use crate::timestamp::Timestamp;

/// A search. The default is every active model, newest first, fifty to a page.
///
/// A filter that is silent about the status finds active models only, unless
/// [`of_every_status`](SearchQuery::of_every_status) is asked for.
///
/// ```
/// use registry_core::Limit;
/// use registry_core::search::{Filter, SearchQuery, Sort};
///
/// let filter = Filter::parse("metrics.val_loss < 0.4 and created_at > 7d ago")?;
/// let query = SearchQuery::new(Some(filter), vec!["metrics.val_loss".parse()?])?.limit(Limit::AtMost(10));
/// assert_eq!(
///     query.filter().unwrap().to_string(),
///     "metrics.val_loss < 0.4 and created_at > 1w ago and status = active"
/// );
/// # Ok::<(), registry_core::search::SearchError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SearchQuery {
    filter: Option<Filter>,
    every_status: bool,
    order: SortOrder,
    limit: Limit,
    cursor: Option<Cursor>,
}

impl SearchQuery {
    /// A search for the models that fit the filter, in the order of the keys (none: newest first). Active models
    /// only, unless the filter speaks of the status.
    ///
    /// # Errors
    /// Refuses a filter beyond the [limits](super::limits), and an order that [`SortOrder::new`] refuses.
    pub fn new(filter: Option<Filter>, sort: Vec<Sort>) -> Result<Self, SearchError> {
        let filter = match filter {
            Some(filter) if filter.mentions_status() => filter,
            Some(filter) => filter.and(active()),
            None => active(),
        };
        Self::build(Some(filter), false, sort)
    }

    /// The same for models of every status, where the filter does not say otherwise.
    ///
    /// # Errors
    /// As [`SearchQuery::new`].
    pub fn of_every_status(filter: Option<Filter>, sort: Vec<Sort>) -> Result<Self, SearchError> {
        Self::build(filter, true, sort)
    }

    fn build(filter: Option<Filter>, every_status: bool, sort: Vec<Sort>) -> Result<Self, SearchError> {
        if let Some(filter) = &filter {
            filter.check_limits()?;
        }
        Ok(Self {
            filter,
            every_status,
            order: SortOrder::new(sort)?,
            limit: Limit::default(),
            cursor: None,
        })
    }

    /// With at most so many models to a page.
    #[must_use]
    pub fn limit(mut self, limit: Limit) -> Self {
        self.limit = limit;
        self
    }

    /// The page that the cursor leads to.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a cursor of another search.
    pub fn from_cursor(mut self, cursor: Cursor) -> Result<Self, Error> {
        cursor.check(&self)?;
        self.cursor = Some(cursor);
        Ok(self)
    }

    /// The same from its start.
    #[must_use]
    pub fn from_start(mut self) -> Self {
        self.cursor = None;
        self
    }

    /// The whole condition, the default status included; `None`: every model.
    pub fn filter(&self) -> Option<&Filter> {
        self.filter.as_ref()
    }

    /// The order, ties included.
    pub fn order(&self) -> &SortOrder {
        &self.order
    }

    /// How many models to a page.
    pub fn page_limit(&self) -> Limit {
        self.limit
    }

    /// Where to read on; `None`: from the start.
    pub fn cursor(&self) -> Option<&Cursor> {
        self.cursor.as_ref()
    }

    /// Which way to read.
    pub fn heading(&self) -> Heading {
        self.cursor.as_ref().map_or(Heading::Forward, Cursor::heading)
    }

    /// Whether what it finds depends on when it is asked, and not only on what there is: it has relative times that count
    /// from now.
    pub fn counts_from_now(&self) -> bool {
        self.cursor.is_none() && self.filter.as_ref().is_some_and(Filter::is_relative)
    }

    /// From when relative times count: from now, or from the moment of the first page.
    pub fn moment(&self, now: Timestamp) -> Timestamp {
        self.cursor.as_ref().map_or(now, Cursor::as_of)
    }
}

fn active() -> Filter {
    use super::test::{Membership, Test};
    use super::value::OneOf;
    Test::Status(Membership::In(OneOf::one(Status::Active))).into()
}

impl Default for SearchQuery {
    fn default() -> Self {
        Self {
            filter: Some(active()),
            every_status: false,
            order: SortOrder::default(),
            limit: Limit::default(),
            cursor: None,
        }
    }
}

/// The JSON form: every key may be left out. `limit` is a number, -1 for all.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    filter: Option<Filter>,
    #[serde(default)]
    every_status: bool,
    #[serde(default)]
    sort: Vec<Sort>,
    #[serde(default = "default_limit")]
    limit: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cursor: Option<Cursor>,
}

fn default_limit() -> i64 {
    Limit::default().as_i64()
}

impl Serialize for SearchQuery {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Wire {
            filter: self.filter.clone(),
            every_status: self.every_status,
            sort: self.order.keys().to_vec(),
            limit: match self.limit {
                Limit::AtMost(limit) => limit.into(),
                Limit::Unlimited => -1,
            },
            cursor: self.cursor.clone(),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SearchQuery {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        let wire = Wire::deserialize(deserializer)?;
        let limit = wire.limit.to_string().parse().map_err(D::Error::custom)?;
        let query = if wire.every_status {
            Self::of_every_status(wire.filter, wire.sort)
        } else {
            Self::new(wire.filter, wire.sort)
        };
        let query = query.map_err(D::Error::custom)?.limit(limit);
        match wire.cursor {
            Some(cursor) => query.from_cursor(cursor).map_err(D::Error::custom),
            None => Ok(query),
        }
    }
}
