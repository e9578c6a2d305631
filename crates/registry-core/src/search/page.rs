//! A search over models in memory: the reference that every backend's pages are judged by.

use super::carrier::Fields;
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
    ///
    /// Only the direction of reading is looked into. The other is where the reader came from: after a cursor there is
    /// a way back, even if the models it leads to are gone meanwhile.
    pub previous: Option<Cursor>,
}

impl<T: Fields> SearchPage<T> {
    /// The page of the models that a backend found, in the direction of reading; one more than the limit where there
    /// are so many.
    pub fn of_found(query: &SearchQuery, mut found: Vec<T>, now: Timestamp) -> Self {
        let limit = match query.page_limit() {
            Limit::AtMost(limit) => usize::try_from(limit).unwrap_or(usize::MAX),
            Limit::Unlimited => usize::MAX,
        };
        let ahead = found.len() > limit;
        let behind = query.cursor().is_some();
        found.truncate(limit);
        let heading = query.heading();
        if heading == Heading::Backward {
            found.reverse();
        }
        let (next, previous) = match heading {
            Heading::Forward => (ahead, behind),
            Heading::Backward => (behind, ahead),
        };
        let cursor = |there: bool, model: Option<&T>, heading| {
            let model = model.filter(|_| there)?;
            Some(Cursor::at(query, model, heading, now))
        };
        Self {
            next: cursor(next, found.last(), Heading::Forward),
            previous: cursor(previous, found.first(), Heading::Backward),
            items: found,
        }
    }
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
        if self.heading() == Heading::Backward {
            found.reverse();
        }
        if let Some(cursor) = self.cursor() {
            found.retain(|model| {
                let position = self.order().position(*model);
                let ordering = self.order().compare_positions(&position, cursor.position());
                match cursor.heading() {
                    Heading::Forward => ordering.is_gt(),
                    Heading::Backward => ordering.is_lt(),
                }
            });
        }
        SearchPage::of_found(self, found, now)
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
