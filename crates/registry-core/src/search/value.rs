//! The values that fields are compared with.

mod moment;
mod number;
mod text;

pub use moment::{Ago, Moment};
pub use number::Number;
pub(crate) use number::{Unit, number_text};
pub use text::SearchText;

use super::error::SearchError;

/// At least one value, and at most as many as fit into a search.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OneOf<T>(Vec<T>);

impl<T> OneOf<T> {
    /// Collects values.
    ///
    /// # Errors
    /// Refuses none at all.
    pub fn new(values: impl IntoIterator<Item = T>) -> Result<Self, SearchError> {
        let values: Vec<T> = values.into_iter().collect();
        if values.is_empty() {
            return Err(SearchError::unfit("()", "the list is empty").expecting("at least one value"));
        }
        Ok(Self(values))
    }

    /// A single value.
    pub fn one(value: T) -> Self {
        Self(vec![value])
    }

    /// The values, at least one.
    pub fn values(&self) -> &[T] {
        &self.0
    }
}

/// A value of metadata: what a JSON document can hold in one place, without `null`, objects and arrays.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// A number.
    Number(Number),
    /// A text.
    Text(SearchText),
    /// True or false.
    Boolean(bool),
}

/// A value of metadata that has an order.
#[derive(Debug, Clone, PartialEq)]
pub enum Comparable {
    /// A number: compared with numbers only.
    Number(Number),
    /// A text: compared with texts only, by bytes.
    Text(SearchText),
}
