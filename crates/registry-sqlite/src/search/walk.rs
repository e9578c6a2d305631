//! Reading in the order of the search from one index, so that a page costs what it shows and what is passed over. Where
//! no index has the whole order, it gives the first key, and SQLite sorts the models that are equal in it.

use registry_core::search::{Filter, Membership, Node, SetField, SetTest, Test};

use super::columns::{Column, INDEXES, Index, Key};
use super::fact::{Bound, Fact, Wanted};
use super::reading::{Reading, direction, onward};
use super::seek::{Rank, rank};
use super::statement::{Binds, Value};

/// A walk. Its rows are called `walked`.
#[derive(Debug)]
pub(super) struct Walk {
    base: Base,
    /// Columns of which one value is wanted, in front of the order or between its keys.
    fixed: Vec<(&'static str, Value)>,
    /// Those of them that stand between its keys.
    between: Vec<Between>,
    /// Ends that the filter sets to the first key.
    lower: Option<Bound>,
    upper: Option<Bound>,
    /// Whether every model that fits has a first key.
    present: bool,
    /// Whether the index has the whole order.
    pub(super) in_order: bool,
    /// The members of the filter that narrow what it passes.
    pub(super) uses: Vec<usize>,
    /// Those of them that hold for all it finds.
    pub(super) covers: Vec<usize>,
    rank: Rank,
}

/// What is walked.
#[derive(Debug)]
enum Base {
    /// The models by id.
    Ids,
    Index(&'static Index),
    /// The holders of a tag, by the time of the model.
    Tag,
    Metric,
}

/// A column of an index between two keys of an order. Since it has one value, what is equal in the key before it comes
/// in the order of the next.
#[derive(Debug, Clone, Copy)]
struct Between {
    /// Before which key of the order.
    key: usize,
    column: &'static str,
}

/// A part of a walk: those with a first key, or those without. Which comes first is a matter of direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Present,
    Missing,
}

impl Walk {
    /// The best walk there is: one in order if possible, then the one that passes the fewest models.
    pub(super) fn best(reading: &Reading, members: &[&Filter], facts: &[Fact]) -> Self {
        let mut walks = Vec::new();
        match reading.terms.first().map(|term| &term.key) {
            None => {
                walks.push(Self::new(Base::Ids, Rank::All, true));
                walks.extend(
                    INDEXES
                        .iter()
                        .filter_map(|index| Self::by_index(index, None, reading, facts)),
                );
            }
            Some(Key::Metric(name)) => {
                let in_order = reading.terms.len() == 1 && reading.is_uniform();
                let mut walk = Self::new(Base::Metric, Rank::All, in_order);
                walk.fixed.push(("name", name.as_str().into()));
                walks.push(walk);
            }
            Some(Key::Column(lead)) => {
                let lead = *lead;
                walks.extend(
                    INDEXES
                        .iter()
                        .filter_map(|index| Self::by_index(index, Some(lead), reading, facts)),
                );
                if lead == Column::CreatedAt {
                    walks.extend(by_tag(reading, members));
                }
            }
        }
        let best = walks.into_iter().min_by_key(|walk| (!walk.in_order, walk.rank));
        let mut best = best.unwrap_or_else(|| Self::new(Base::Ids, Rank::All, false));
        best.set_ends(reading, facts);
        best
    }

    fn new(base: Base, rank: Rank, in_order: bool) -> Self {
        Self {
            base,
            fixed: Vec::new(),
            between: Vec::new(),
            lower: None,
            upper: None,
            present: false,
            in_order,
            uses: Vec::new(),
            covers: Vec::new(),
            rank,
        }
    }

    /// If, behind columns of which one value is wanted, the index goes on with the order.
    fn by_index(
        index: &'static Index,
        lead: Option<Column>,
        reading: &Reading,
        facts: &[Fact],
    ) -> Option<Self> {
        let mut fixed = Vec::new();
        let (mut uses, mut covers) = (Vec::new(), Vec::new());
        let mut fix = |column: &Column| {
            let mut of_column = facts.iter().filter(|fact| fact.key == Key::Column(*column));
            let single = of_column.find_map(|fact| Some((fact, fact.wanted.single()?)));
            let Some((fact, value)) = single else { return false };
            fixed.push((column.name(), value.clone()));
            uses.push(fact.member);
            covers.extend(fact.whole.then_some(fact.member));
            true
        };
        let front = index.columns.iter().take_while(|column| fix(column)).count();
        let rest = &index.columns[front..];
        if rest.first().copied() != lead {
            return None;
        }
        let between = if reading.is_uniform() {
            between(rest, reading, fix)
        } else {
            None
        };
        let in_order = between.is_some();
        let conditions: Vec<(&'static str, Wanted)> = fixed[..front]
            .iter()
            .map(|(place, value)| (*place, Wanted::OneOf(vec![value.clone()])))
            .collect();
        let rank = if conditions.is_empty() {
            Rank::All
        } else {
            rank(index, &conditions).unwrap_or(Rank::Versions)
        };
        Some(Self {
            fixed,
            between: between.unwrap_or_default(),
            uses,
            covers,
            ..Self::new(Base::Index(index), rank, in_order)
        })
    }

    /// Takes the ends of the first key from the filter. Where reading goes on from a place, that is the nearer end.
    fn set_ends(&mut self, reading: &Reading, facts: &[Fact]) {
        let lead = reading.terms.first();
        let (key, descends) = lead.map_or((Key::Column(Column::Id), reading.ids_descend), |term| {
            (term.key.clone(), term.descends)
        });
        let mut ends: Vec<&Fact> = Vec::new();
        for fact in facts.iter().filter(|fact| fact.key == key) {
            self.present = true;
            let Wanted::Between(lower, upper) = &fact.wanted else {
                // A metric is walked by itself, so that it is there is no news.
                if fact.wanted == Wanted::Present {
                    self.uses.push(fact.member);
                    self.covers.extend(fact.whole.then_some(fact.member));
                }
                continue;
            };
            self.uses.push(fact.member);
            let lower_is_free = self.lower.is_none() && (descends || reading.place.is_none());
            let upper_is_free = self.upper.is_none() && (!descends || reading.place.is_none());
            let is_used_up = (lower.is_none() || lower_is_free) && (upper.is_none() || upper_is_free);
            if lower_is_free {
                self.lower.clone_from(lower);
            }
            if upper_is_free {
                self.upper.clone_from(upper);
            }
            if is_used_up {
                ends.push(fact);
            }
        }
        self.covers
            .extend(ends.iter().filter(|fact| fact.whole).map(|fact| fact.member));
    }

    /// The parts in the order of reading, as far as they lie behind the place.
    pub(super) fn parts(&self, reading: &Reading) -> Vec<Part> {
        let lead = reading.terms.first();
        if self.present || !lead.is_some_and(|term| term.key.is_optional()) {
            return vec![Part::Present];
        }
        match (&reading.place, reading.missing_first) {
            (Some(place), false) if is_missing(place.values.first()) => vec![Part::Missing],
            (Some(place), true) if !is_missing(place.values.first()) => vec![Part::Present],
            (_, true) => vec![Part::Missing, Part::Present],
            (_, false) => vec![Part::Present, Part::Missing],
        }
    }

    /// The members that hold for all of a part.
    pub(super) fn covered(&self, part: Part) -> &[usize] {
        match part {
            Part::Present => &self.covers,
            Part::Missing => &[],
        }
    }

    /// The rows of a part: from which table, and which of them.
    pub(super) fn rows(&self, part: Part, reading: &Reading, binds: &mut Binds) -> (String, Vec<String>) {
        let from = match (&self.base, part) {
            (Base::Ids, _) | (Base::Metric, Part::Missing) => "models AS walked NOT INDEXED".to_owned(),
            (Base::Index(index), _) => format!("models AS walked INDEXED BY {}", index.name),
            (Base::Tag, _) => "model_tags AS walked INDEXED BY model_tags_by_time".to_owned(),
            (Base::Metric, Part::Present) => {
                "model_metrics AS walked INDEXED BY model_metrics_by_value".to_owned()
            }
        };
        let conditions = match part {
            Part::Present => self.present_rows(reading, binds),
            Part::Missing => self.missing_rows(reading, binds),
        };
        (from, conditions)
    }

    fn present_rows(&self, reading: &Reading, binds: &mut Binds) -> Vec<String> {
        let fixed = self.fixed.iter();
        let mut conditions: Vec<String> = fixed
            .map(|(place, value)| {
                let is_between = self.between.iter().any(|between| between.column == *place);
                // Of a column that is known to have one value the planner would not see that the index has it in order.
                let hidden = if is_between { "+" } else { "" };
                format!("{hidden}walked.{place} = {}", binds.bind(value.clone()))
            })
            .collect();
        let lead = self.lead(reading);
        let descends = reading
            .terms
            .first()
            .map_or(reading.ids_descend, |term| term.descends);
        let place = reading
            .place
            .as_ref()
            .filter(|place| !is_missing(place.values.first()));
        let (start, end) = if descends {
            (&self.upper, &self.lower)
        } else {
            (&self.lower, &self.upper)
        };
        match start {
            // Without an end the start is said all the same: so an index is searched and not scanned, and the first
            // page has the statement of those that follow.
            None if self.in_order => conditions.push(self.start(place, reading, descends, binds)),
            None => {
                let value = place.and_then(|place| place.values.first()).cloned();
                let value = value.unwrap_or_else(|| limit(reading, descends));
                let value = binds.bind(value);
                conditions.push(format!("{lead} {}= {value}", onward(descends)));
            }
            Some(start) if descends => conditions.push(start.below(&lead, binds)),
            Some(start) => conditions.push(start.above(&lead, binds)),
        }
        conditions.extend(end.as_ref().map(|end| {
            if descends {
                end.above(&lead, binds)
            } else {
                end.below(&lead, binds)
            }
        }));
        conditions
    }

    /// `(walked.created_at, walked.model_id) < (+?7, +?8)`
    fn start(
        &self,
        place: Option<&super::reading::Place>,
        reading: &Reading,
        descends: bool,
        binds: &mut Binds,
    ) -> String {
        let mut places = Vec::new();
        let mut values = Vec::new();
        for (at, term) in reading.terms.iter().enumerate() {
            for (column, value) in self.between(at) {
                places.push(format!("walked.{column}"));
                values.push(binds.bind(value.clone()));
            }
            places.push(if at == 0 {
                self.lead(reading)
            } else {
                walked(&term.key)
            });
            let value = place.and_then(|place| place.values.get(at)).cloned();
            values.push(binds.bind(value.unwrap_or_else(|| end_of(&term.key, descends))));
        }
        places.push("walked.model_id".to_owned());
        let id = place.map_or_else(|| Column::Id.end(descends), |place| Value::Integer(place.id));
        values.push(binds.bind(id));
        let operator = onward(descends);
        match places.as_slice() {
            [id] => format!("{id} {operator} {}", values.join(", ")),
            _ => format!("({}) {operator} ({})", places.join(", "), values.join(", ")),
        }
    }

    fn missing_rows(&self, reading: &Reading, binds: &mut Binds) -> Vec<String> {
        let mut conditions = Vec::new();
        if matches!(self.base, Base::Index(_)) {
            conditions.push(format!("{} IS NULL", self.lead(reading)));
        }
        let ids_only = reading.terms.len() == 1;
        let place = reading
            .place
            .as_ref()
            .filter(|place| ids_only && is_missing(place.values.first()));
        let descends = reading.ids_descend;
        let id = place.map_or_else(|| Column::Id.end(descends), |place| Value::Integer(place.id));
        let id = binds.bind(id);
        conditions.push(format!("walked.model_id {} {id}", onward(descends)));
        conditions
    }

    /// What of the row `models` shows that it belongs to a part, where the walked row does not.
    pub(super) fn checks(&self, part: Part, reading: &Reading, binds: &mut Binds) -> Vec<String> {
        let mut checks = Vec::new();
        if let (Base::Metric, Part::Missing) = (&self.base, part) {
            let name = self.fixed.iter().map(|(_, name)| binds.bind(name.clone()));
            checks.extend(name.map(|name| {
                format!(
                    "NOT EXISTS (SELECT 1 FROM model_metrics AS metric \
                     WHERE metric.model_id = models.model_id AND metric.name = {name})"
                )
            }));
        }
        let lead_is_missing = reading
            .place
            .as_ref()
            .is_some_and(|place| is_missing(place.values.first()));
        match part {
            Part::Present if !self.in_order && !lead_is_missing => checks.extend(reading.behind(0, binds)),
            Part::Missing if reading.terms.len() > 1 && lead_is_missing => {
                checks.extend(reading.behind(1, binds));
            }
            _ => {}
        }
        checks
    }

    /// `ORDER BY` of a part.
    pub(super) fn order_by(&self, part: Part, reading: &Reading, binds: &mut Binds) -> String {
        const ID: &str = "walked.model_id";
        if part == Part::Missing {
            return reading.order_by(1, ID, binds);
        }
        let Some(lead) = reading.terms.first() else {
            return reading.order_by(0, ID, binds);
        };
        let first = format!("{} {}", self.lead(reading), direction(lead.descends));
        if !self.in_order {
            return format!("{first}, {}", reading.order_by(1, ID, binds));
        }
        let rest = reading.terms.iter().enumerate().skip(1).flat_map(|(at, term)| {
            let between = self.between(at).map(|(column, _)| format!("walked.{column}"));
            let keys = between.chain([walked(&term.key)]);
            keys.map(|key| format!("{key} {}", direction(term.descends)))
        });
        let id = format!("{ID} {}", direction(reading.ids_descend));
        let keys: Vec<String> = std::iter::once(first).chain(rest).chain([id]).collect();
        keys.join(", ")
    }

    /// The columns before a key of the order of which one value is wanted, with it.
    fn between(&self, key: usize) -> impl Iterator<Item = &(&'static str, Value)> {
        let columns = self.between.iter().filter(move |between| between.key == key);
        columns.filter_map(|between| self.fixed.iter().find(|(column, _)| *column == between.column))
    }

    /// The first key in the walked row.
    fn lead(&self, reading: &Reading) -> String {
        match (&self.base, reading.terms.first()) {
            (_, None) => "walked.model_id".to_owned(),
            (Base::Tag, Some(_)) => "walked.model_created_at".to_owned(),
            (_, Some(term)) => walked(&term.key),
        }
    }
}

/// Whether the columns of an index are the keys of an order, but for some between them that have one value: those.
fn between(
    columns: &'static [Column],
    reading: &Reading,
    mut is_fixed: impl FnMut(&Column) -> bool,
) -> Option<Vec<Between>> {
    let mut between = Vec::new();
    let mut keys = reading.terms.iter().map(|term| &term.key).enumerate().peekable();
    for column in columns {
        let key = keys.next_if(|(_, key)| **key == Key::Column(*column));
        match (key, keys.peek()) {
            (Some(_), _) => {}
            (None, Some((key, _))) if is_fixed(column) => between.push(Between {
                key: *key,
                column: column.name(),
            }),
            (None, _) => return None,
        }
    }
    keys.next().is_none().then_some(between)
}

fn walked(key: &Key) -> String {
    match key {
        Key::Column(column) => format!("walked.{}", column.name()),
        Key::Metric(_) => "walked.value".to_owned(),
    }
}

fn is_missing(value: Option<&Value>) -> bool {
    value == Some(&Value::Missing)
}

/// Where reading in a direction begins.
fn limit(reading: &Reading, descends: bool) -> Value {
    match reading.terms.first() {
        Some(term) => end_of(&term.key, descends),
        None => Column::Id.end(descends),
    }
}

fn end_of(key: &Key, descends: bool) -> Value {
    if descends { key.highest() } else { key.lowest() }
}

fn by_tag(reading: &Reading, members: &[&Filter]) -> Option<Walk> {
    let in_order = reading.terms.len() == 1 && reading.is_uniform();
    members.iter().enumerate().find_map(|(member, filter)| {
        let Node::Test(Test::Set(SetField::Tag, SetTest::Is(Membership::In(tags)))) = filter.node() else {
            return None;
        };
        let [tag] = tags.values() else { return None };
        let mut walk = Walk::new(Base::Tag, Rank::Holders, in_order);
        walk.fixed.push(("tag_name", Value::text(tag)));
        walk.uses.push(member);
        walk.covers.push(member);
        Some(walk)
    })
}
