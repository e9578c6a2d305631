//! Counts and facets over models in memory: the reference that every backend's numbers are judged by.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::count::{Count, FacetField, FacetLimits, FacetValue, Facets};
use super::query::SearchQuery;
use crate::model::Model;
use crate::query::Limit;
use crate::timestamp::Timestamp;

impl SearchQuery {
    /// How many of these models fit, counted up to a bound. Limit and cursor don't matter.
    pub fn count_of<'a>(
        &self,
        models: impl IntoIterator<Item = &'a Model>,
        now: Timestamp,
        up_to: Option<u64>,
    ) -> Count {
        let found = self.whole().page_of(models, now).items.len();
        Count::bounded(u64::try_from(found).unwrap_or(u64::MAX), up_to)
    }

    /// How those of these models that fit divide. Limit and cursor don't matter.
    pub fn facets_of<'a>(
        &self,
        models: impl IntoIterator<Item = &'a Model>,
        now: Timestamp,
        limits: FacetLimits,
    ) -> Facets {
        let mut found = self.whole().page_of(models, now).items;
        let count = u64::try_from(found.len()).unwrap_or(u64::MAX);
        found.truncate(usize::try_from(limits.models).unwrap_or(usize::MAX));
        let values = |field: FacetField| {
            let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
            for model in &found {
                for value in values(field, model) {
                    *counts.entry(value).or_default() += 1;
                }
            }
            let mut values: Vec<(&str, u64)> = counts.into_iter().collect();
            values.sort_by_key(|(_, count)| Reverse(*count));
            values.truncate(usize::try_from(limits.values).unwrap_or(usize::MAX));
            values
                .into_iter()
                .map(|(value, count)| FacetValue {
                    value: value.to_owned(),
                    count,
                })
                .collect()
        };
        Facets {
            models: Count::bounded(count, Some(limits.models.into())),
            task_type: values(FacetField::TaskType),
            status: values(FacetField::Status),
            tag: values(FacetField::Tag),
            name: values(FacetField::Name),
        }
    }

    /// The same search from its start to its end.
    fn whole(&self) -> Self {
        self.clone().limit(Limit::Unlimited).from_start()
    }
}

fn values(field: FacetField, model: &Model) -> Vec<&str> {
    match field {
        FacetField::TaskType => vec![model.task_type.as_str()],
        FacetField::Status => vec![model.status.as_str()],
        FacetField::Tag => model.tags.iter().map(|tag| tag.name.as_str()).collect(),
        FacetField::Name => vec![model.name.as_str()],
    }
}
