//! A place between two models of a search, to read on from in either direction.

mod bytes;

use std::fmt::{Display, Formatter};
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

use super::carrier::Fields;
use super::query::SearchQuery;
use super::sort::Position;
use crate::base64;
use crate::error::{Error, InvalidValue, ValueKind};
use crate::timestamp::Timestamp;

/// The longest text of a cursor: eight keys of the longest texts fit.
const MAX_BYTES: usize = 64 * 1024;

/// Which way a cursor reads on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Heading {
    /// The models behind the place.
    Forward,
    /// The models before the place: a page backwards holds those nearest to it, and shows them in the order of the
    /// search all the same.
    Backward,
}

/// A place in the answer of one search: where a model stands in the order. It does not count models, so it stays
/// true while others write: no model that stays where it is will be seen twice or left out.
///
/// The text is opaque and bound to its search: filter, order and default status. The moment from which the first
/// page counted its relative times travels along, so that all pages speak of the same time.
#[derive(Debug, Clone, PartialEq)]
pub struct Cursor {
    heading: Heading,
    seal: Seal,
    as_of: Timestamp,
    position: Position,
}

/// Ties a cursor to its search: the beginning of a SHA-256 over both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seal([u8; 12]);

impl Seal {
    fn of(query: &SearchQuery, cursor: &[u8]) -> Self {
        let mut hash = Sha256::new();
        if let Some(filter) = query.filter() {
            hash.update(filter.to_string());
        }
        for sort in query.order().keys() {
            // No filter and no field contains this byte.
            hash.update([0]);
            hash.update(sort.to_string());
        }
        hash.update([0]);
        hash.update(cursor);
        let mut start = [0; 12];
        start.copy_from_slice(&hash.finalize()[..12]);
        Self(start)
    }
}

impl Cursor {
    /// The place of a model in the answer of a search that was made at `now`. Of a page, the last model and
    /// [`Heading::Forward`] make the cursor of the next page, the first and [`Heading::Backward`] that of the page
    /// before.
    pub fn at(query: &SearchQuery, model: &impl Fields, heading: Heading, now: Timestamp) -> Self {
        Self::at_position(query, query.order().position(model), heading, now)
    }

    /// The same for a backend that knows the position without the model. The position must be one of the query's
    /// order.
    pub fn at_position(query: &SearchQuery, position: Position, heading: Heading, now: Timestamp) -> Self {
        let mut cursor = Self {
            heading,
            seal: Seal([0; 12]),
            as_of: query.moment(now),
            position,
        };
        cursor.seal = Seal::of(query, &bytes::body(&cursor));
        cursor
    }

    /// Which way to read on.
    pub fn heading(&self) -> Heading {
        self.heading
    }

    /// From when the search counts its relative times.
    pub fn as_of(&self) -> Timestamp {
        self.as_of
    }

    /// The place. Its values fit the order of the query that took the cursor.
    pub fn position(&self) -> &Position {
        &self.position
    }

    /// Checks that the cursor was made for this query and not changed since.
    pub(super) fn check(&self, query: &SearchQuery) -> Result<(), InvalidValue> {
        let keys = query.order().keys();
        let fits = self.seal == Seal::of(query, &bytes::body(self))
            && self.position.values.len() == keys.len()
            && keys
                .iter()
                .zip(&self.position.values)
                .all(|(sort, value)| value.as_ref().is_none_or(|value| sort.field.accepts(value)));
        if fits {
            return Ok(());
        }
        Err(InvalidValue::new(
            ValueKind::Cursor,
            self.to_string(),
            "it belongs to another search: a cursor goes with the filter and the order that it was made for",
        ))
    }
}

impl Display for Cursor {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str(&base64::encode(&bytes::write(self)))
    }
}

impl FromStr for Cursor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let refuse = |problem| InvalidValue::new(ValueKind::Cursor, text, problem);
        if text.len() > MAX_BYTES {
            return Err(refuse("it is too long").into());
        }
        let bytes = base64::decode(text).ok_or_else(|| refuse("it is not a cursor of this registry"))?;
        if bytes.first().is_some_and(|version| *version != bytes::VERSION) {
            return Err(refuse("it was made by another version of this program").into());
        }
        Ok(bytes::read(&bytes).ok_or_else(|| refuse("it is not a cursor of this registry"))?)
    }
}

impl serde::Serialize for Cursor {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Cursor {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
