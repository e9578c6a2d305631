//! Searches as parameters.

use registry_core::search::{Cursor, Filter, SearchQuery, Sort};
use registry_core::{Error, InvalidValue, Limit, Status, ValueKind};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::problem::Problem;
use crate::schema;

/// Which models, in which order, from where.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListParameters {
    /// A filter, such as `metrics.val_loss < 0.4 and tag = production`
    pub(crate) r#where: Option<String>,
    /// `active`, `retired` or `all` [default: active, unless the filter speaks of the status]
    #[param(inline, value_type = Option<schema::WithStatus>)]
    pub(crate) status: Option<String>,
    /// Fields with commas, each with ` desc` behind it for the largest first [default: `created_at desc`]
    pub(crate) sort: Option<String>,
    /// How many to a page
    #[param(maximum = 1000)]
    pub(crate) limit: Option<u32>,
    /// Read on from this place: the `next` or `previous` of another page
    pub(crate) cursor: Option<String>,
    /// Models in short: without metadata, notes and exports
    pub(crate) short: bool,
}

/// Which models.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(crate) struct CountParameters {
    /// A filter
    pub(crate) r#where: Option<String>,
    /// `active`, `retired` or `all` [default: active, unless the filter speaks of the status]
    #[param(inline, value_type = Option<schema::WithStatus>)]
    pub(crate) status: Option<String>,
    /// Count no further than this [default: all are counted]
    #[param(format = "uint64")]
    pub(crate) up_to: Option<u64>,
}

/// Which models, and how far to look.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(crate) struct FacetParameters {
    /// A filter
    pub(crate) r#where: Option<String>,
    /// `active`, `retired` or `all` [default: active, unless the filter speaks of the status]
    #[param(inline, value_type = Option<schema::WithStatus>)]
    pub(crate) status: Option<String>,
    /// Fields with commas: with more models than are looked at, the first ones in this order
    pub(crate) sort: Option<String>,
    /// How many models to look at [default: 10000]
    #[param(maximum = 100_000)]
    pub(crate) models: Option<u32>,
    /// How many values of each field to tell [default: 10]
    #[param(maximum = 1000)]
    pub(crate) values: Option<u32>,
}

/// A search from its parameters.
pub(crate) fn search(
    filter: Option<&str>,
    status: Option<&str>,
    sort: Option<&str>,
) -> Result<SearchQuery, Problem> {
    let filter = filter
        .filter(|text| !text.trim().is_empty())
        .map(Filter::parse)
        .transpose()?;
    let sort = sort.map_or_else(|| Ok(Vec::new()), sorts)?;
    let query = match status {
        None => SearchQuery::new(filter, sort)?,
        Some("all") => SearchQuery::of_every_status(filter, sort)?,
        Some(status) => {
            let status = Filter::status().equals(Status::parse(status)?)?;
            SearchQuery::of_every_status(Filter::all(filter.into_iter().chain([status])), sort)?
        }
    };
    Ok(query)
}

/// The keys of an order; a comma within quotes belongs to its field.
fn sorts(text: &str) -> Result<Vec<Sort>, Problem> {
    let mut quote = None;
    let keys = text.split(|c: char| {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
        c == ',' && quote.is_none()
    });
    let keys = keys.filter(|key| !key.trim().is_empty());
    Ok(keys
        .map(str::parse)
        .collect::<Result<_, registry_core::search::SearchError>>()?)
}

impl ListParameters {
    /// The search, page by page.
    pub(crate) fn query(&self, most: u32) -> Result<SearchQuery, Problem> {
        let query = search(
            self.r#where.as_deref(),
            self.status.as_deref(),
            self.sort.as_deref(),
        )?;
        let query = query.limit(Limit::AtMost(limit(self.limit, most)?));
        Ok(match &self.cursor {
            Some(cursor) => query.from_cursor(cursor.parse::<Cursor>()?)?,
            None => query,
        })
    }
}

/// The size of a page, within what the server allows.
pub(crate) fn limit(asked: Option<u32>, most: u32) -> Result<u32, Problem> {
    match asked {
        None => Ok(most.min(50)),
        Some(limit) if limit <= most => Ok(limit),
        Some(limit) => {
            let problem = format!("a page has at most {most} entries; `next` leads on");
            Err(Error::from(InvalidValue::new(ValueKind::Limit, limit.to_string(), problem)).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_comma_within_quotes_belongs_to_its_field() {
        let keys = sorts(r#"metrics."a,b" desc, name,"#).unwrap();
        assert_eq!(keys.len(), 2);
        assert!(keys[0].descending);
    }

    #[test]
    fn a_status_is_one_of_three() {
        let filter = |status| {
            let query = search(Some("name = a"), status, None).unwrap();
            query.filter().unwrap().to_string()
        };
        assert_eq!(filter(None), "name = a and status = active");
        assert_eq!(filter(Some("retired")), "name = a and status = retired");
        assert_eq!(filter(Some("all")), "name = a");
        assert!(search(None, Some("lost"), None).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_an_order_or_refused(text in any::<String>(), near in "[a-z., \"']{0,24}") {
            let _ = (sorts(&text), sorts(&near));
        }
    }
}
