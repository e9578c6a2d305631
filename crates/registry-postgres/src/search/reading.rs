//! The order in which a search reads: its keys as they are read forward or backward, and the place it reads on from.

use registry_core::search::{Heading, SearchQuery, SortValue};

use super::columns::{Column, Key};
use super::fact::Fact;
use super::statement::{Binds, Value};

/// An order of reading.
#[derive(Debug)]
pub(super) struct Reading {
    /// The keys, without those that every model that fits has the same value of. The id decides between equals.
    pub(super) terms: Vec<Term>,
    pub(super) ids_descend: bool,
    /// Backward, what is missing comes first.
    pub(super) missing_first: bool,
    pub(super) place: Option<Place>,
}

/// A key of it.
#[derive(Debug)]
pub(super) struct Term {
    pub(super) key: Key,
    pub(super) descends: bool,
}

/// Where a model stands: behind it reading goes on.
#[derive(Debug)]
pub(super) struct Place {
    /// A value for each term.
    pub(super) values: Vec<Value>,
    pub(super) id: i64,
}

impl Reading {
    pub(super) fn of(query: &SearchQuery, facts: &[Fact]) -> Self {
        let backward = query.heading() == Heading::Backward;
        let keys = query.order().keys();
        let mut reading = Self {
            terms: Vec::with_capacity(keys.len()),
            ids_descend: query.order().ids_descend() != backward,
            missing_first: backward,
            place: query.cursor().map(|cursor| Place {
                values: Vec::new(),
                id: cursor.position().id.get(),
            }),
        };
        for (at, sort) in keys.iter().enumerate() {
            let key = Key::from(&sort.field);
            let descends = sort.descending != backward;
            if key == Key::Column(Column::Id) {
                // No two models have one: what comes behind it decides nothing.
                reading.ids_descend = descends;
                break;
            }
            let is_fixed = |fact: &Fact| fact.key == key && fact.wanted.single().is_some();
            if facts.iter().any(is_fixed) {
                continue;
            }
            if let (Some(place), Some(cursor)) = (&mut reading.place, query.cursor()) {
                let value = cursor.position().values.get(at).and_then(Option::as_ref);
                place.values.push(value.map_or(Value::Missing, stored));
            }
            reading.terms.push(Term { key, descends });
        }
        reading
    }

    /// Whether one index read one way can have this order from the term at `from` on.
    pub(super) fn is_uniform(&self) -> bool {
        self.terms.iter().all(|term| term.descends == self.ids_descend)
    }

    /// `ORDER BY` of the row `models` from a term on.
    pub(super) fn order_by(&self, from: usize, id: &str, binds: &mut Binds) -> String {
        let missing = if self.missing_first { "FIRST" } else { "LAST" };
        let mut keys: Vec<String> = self.terms[from..]
            .iter()
            .map(|term| {
                let key = term.key.of_model(binds);
                if term.key.is_optional() {
                    format!("{key} {} NULLS {missing}", direction(term.descends))
                } else {
                    format!("{key} {}", direction(term.descends))
                }
            })
            .collect();
        keys.push(format!("{id} {}", direction(self.ids_descend)));
        keys.join(", ")
    }

    /// The condition that the row `models` comes behind the place, by the terms from one on: the first that differs
    /// decides, then the id. `None` at the start.
    pub(super) fn behind(&self, from: usize, binds: &mut Binds) -> Option<String> {
        let place = self.place.as_ref()?;
        let id = binds.bind(place.id);
        let mut behind = format!("models.model_id {} {id}", onward(self.ids_descend));
        for (term, value) in self.terms.iter().zip(&place.values).skip(from).rev() {
            let key = term.key.of_model(binds);
            behind = match (value, self.missing_first) {
                (Value::Missing, false) => format!("({key} IS NULL AND {behind})"),
                (Value::Missing, true) => format!("({key} IS NOT NULL OR {behind})"),
                (value, missing_first) => {
                    let value = binds.bind(value.clone());
                    let further = format!("{key} {} {value}", onward(term.descends));
                    if term.key.is_optional() && !missing_first {
                        format!("({further} OR {key} IS NULL OR ({key} = {value} AND {behind}))")
                    } else {
                        format!("({further} OR ({key} = {value} AND {behind}))")
                    }
                }
            };
        }
        Some(behind)
    }
}

/// The word for a direction.
pub(super) fn direction(descends: bool) -> &'static str {
    if descends { "DESC" } else { "ASC" }
}

/// The operator for what comes later in it.
pub(super) fn onward(descends: bool) -> &'static str {
    if descends { "<" } else { ">" }
}

/// The value as it is stored.
fn stored(value: &SortValue) -> Value {
    match value {
        SortValue::Integer(value) => Value::Integer(*value),
        SortValue::Number(value) => Value::Real(*value),
        SortValue::Text(value) => Value::from(value.as_str()),
        SortValue::Version(version) => super::condition::version_value(version),
        SortValue::Time(time) => Value::Integer(time.as_micros()),
        SortValue::Status(status) => Value::from(status.as_str()),
    }
}
