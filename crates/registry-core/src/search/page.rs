//! A search over models in memory: the reference that every backend's pages are judged by.

use super::cursor::{Cursor, Heading};
use super::evaluate::Context;
use super::query::SearchQuery;
use crate::identifier::ModelId;
use crate::model::Model;
use crate::query::Limit;
use crate::timestamp::Timestamp;

/// One page of a search, in the order of the search.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchPage<T> {
    /// The models.
    pub items: Vec<T>,
    /// Leads to the page behind; `None`: nothing is there.
    pub next: Option<Cursor>,
    /// Leads to the page before; `None`: nothing is there.
    pub previous: Option<Cursor>,
}

impl SearchQuery {
    /// Whether the model fits; the ancestors may come in any order.
    pub fn matches(&self, model: &Model, ancestors: &[ModelId], now: Timestamp) -> bool {
        let context = Context {
            now: self.moment(now),
            ancestors,
        };
        self.filter().is_none_or(|filter| filter.matches(model, &context))
    }

    /// The page of this search over all these models. Looks at every one of them.
    pub fn page_of<'a>(
        &self,
        models: impl IntoIterator<Item = &'a Model>,
        now: Timestamp,
    ) -> SearchPage<&'a Model> {
        let models: Vec<&Model> = models.into_iter().collect();
        let mut found: Vec<&Model> = models
            .iter()
            .copied()
            .filter(|model| self.matches(model, &ancestors(model, &models), now))
            .collect();
        found.sort_by(|left, right| self.order().compare(left, right));
        let range = self.range(&found);
        let items = found[range.clone()].to_vec();
        let cursor =
            |model: Option<&&Model>, heading| model.map(|model| Cursor::at(self, model, heading, now));
        SearchPage {
            next: (range.end < found.len())
                .then(|| cursor(items.last(), Heading::Forward))
                .flatten(),
            previous: (range.start > 0)
                .then(|| cursor(items.first(), Heading::Backward))
                .flatten(),
            items,
        }
    }

    /// Which of the sorted models make the page.
    fn range(&self, found: &[&Model]) -> std::ops::Range<usize> {
        let limit = match self.page_limit() {
            Limit::AtMost(limit) => usize::try_from(limit).unwrap_or(usize::MAX),
            Limit::Unlimited => usize::MAX,
        };
        let before = |accept: fn(std::cmp::Ordering) -> bool| {
            self.cursor().map_or(0, |cursor| {
                found.partition_point(|model| {
                    let position = self.order().position(model);
                    accept(self.order().compare_positions(&position, cursor.position()))
                })
            })
        };
        match self.heading() {
            Heading::Forward => {
                let start = before(std::cmp::Ordering::is_le);
                start..start.saturating_add(limit).min(found.len())
            }
            Heading::Backward => {
                let end = before(std::cmp::Ordering::is_lt);
                end.saturating_sub(limit)..end
            }
        }
    }
}

/// The model's parent, its parent and so on, as far as they are among the models.
fn ancestors(model: &Model, models: &[&Model]) -> Vec<ModelId> {
    let mut ancestors = Vec::new();
    let mut next = model.parent;
    while let Some(id) = next.filter(|id| !ancestors.contains(id)) {
        ancestors.push(id);
        next = models
            .iter()
            .find(|model| model.id == id)
            .and_then(|model| model.parent);
    }
    ancestors
}
