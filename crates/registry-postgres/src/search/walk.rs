//! Reading in the order of the search from one index, so that a page costs what it shows and what is passed over. Where
//! no index has the whole order, it gives the first key, and the models that are equal in it are sorted.

use registry_core::search::{Filter, Membership, Node, SetField, SetTest, Test};

use super::columns::{Column, INDEXES, Index, Key, path_start};
use super::fact::{Bound, Fact, Wanted};
use super::page::of_id;
use super::reading::{Place, Reading, direction, onward};
use super::seek::{Rank, rank};
use super::statement::{Binds, Value};

/// A walk. Its rows are called `walked`.
#[derive(Debug)]
pub(super) struct Walk {
    base: Base,
    /// Columns in front of the order of which one value is wanted.
    fixed: Vec<(&'static str, Value)>,
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
    Index,
    /// The holders of a tag, by the time of the model.
    Tag,
    Metric,
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
        for column in index.columns {
            let mut of_column = facts.iter().filter(|fact| fact.key == Key::Column(*column));
            let single = of_column.find_map(|fact| Some((fact, fact.wanted.single()?)));
            let Some((fact, value)) = single else { break };
            fixed.push((column.name(), value.clone()));
            uses.push(fact.member);
            covers.extend(fact.whole.then_some(fact.member));
        }
        let rest = &index.columns[fixed.len()..];
        if rest.first().copied() != lead {
            return None;
        }
        let keys = reading.terms.iter().map(|term| &term.key);
        let in_order = reading.is_uniform()
            && rest.len() == reading.terms.len()
            && keys.zip(rest).all(|(key, column)| *key == Key::Column(*column))
            && !rest.contains(&Column::Path);
        let conditions: Vec<(&'static str, Wanted)> = fixed
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
            uses,
            covers,
            ..Self::new(Base::Index, rank, in_order)
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

    /// The row `models` of each model of a part, in the order of the index, after a `FROM`. `OFFSET 0` or a limit at the
    /// end keeps the planner from another order.
    pub(super) fn rows(&self, part: Part, reading: &Reading, binds: &mut Binds, end: &str) -> String {
        let conditions = match part {
            Part::Present => self.present_rows(reading, binds),
            Part::Missing => self.missing_rows(reading, binds),
        };
        let conditions = match conditions.as_slice() {
            [] => String::new(),
            conditions => format!(" WHERE {}", conditions.join(" AND ")),
        };
        let order = self.order_of_index(part, reading, WALKED);
        let rest = format!("{conditions} ORDER BY {order} {end}");
        match (&self.base, part) {
            (Base::Ids | Base::Index, _) | (Base::Metric, Part::Missing) => {
                format!("(SELECT * FROM models AS walked{rest}) AS models")
            }
            (Base::Tag, _) => {
                let holders = format!("SELECT model_id, model_created_at FROM model_tags AS walked{rest}");
                format!("({holders}) AS walked {}", of_id("walked"))
            }
            (Base::Metric, Part::Present) => {
                let metrics = format!("SELECT model_id, value FROM model_metrics AS walked{rest}");
                format!("({metrics}) AS walked {}", of_id("walked"))
            }
        }
    }

    fn present_rows(&self, reading: &Reading, binds: &mut Binds) -> Vec<String> {
        let fixed = self.fixed.iter();
        let mut conditions: Vec<String> = fixed
            .map(|(place, value)| format!("walked.{place} = {}", binds.bind(value.clone())))
            .collect();
        let lead = self.lead(reading, WALKED);
        let key = reading.terms.first().map(|term| &term.key);
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
        match (start, place) {
            (Some(start), _) => conditions.extend(bounded(&lead, key, start, !descends, binds)),
            (None, Some(place)) if self.in_order => {
                // Said of the first key alone too, where it ends: of a comparison of rows the planner does not see that
                // both are ends of one range, and would take another index and sort.
                if let (Some(_), Some(value)) = (end, place.values.first()) {
                    let start = Bound::from(value.clone());
                    conditions.extend(bounded(&lead, key, &start, !descends, binds));
                }
                conditions.push(self.start(place, reading, descends, binds));
            }
            (None, Some(place)) => {
                let value = place.values.first().cloned();
                let start = Bound::from(value.unwrap_or(Value::Integer(place.id)));
                conditions.extend(bounded(&lead, key, &start, !descends, binds));
            }
            (None, None) if end.is_none() && key.is_some_and(Key::is_optional) => {
                conditions.push(format!("{lead} IS NOT NULL"));
            }
            (None, None) => {}
        }
        if let Some(end) = end {
            conditions.extend(bounded(&lead, key, end, descends, binds));
        }
        conditions
    }

    /// `(walked.created_at, walked.model_id) < ($7, $8)`
    fn start(&self, place: &Place, reading: &Reading, descends: bool, binds: &mut Binds) -> String {
        let mut places = self.keys(reading, WALKED);
        places.push(format!("{WALKED}.model_id"));
        let mut values: Vec<String> = place
            .values
            .iter()
            .map(|value| binds.bind(value.clone()))
            .collect();
        values.push(binds.bind(place.id));
        let operator = onward(descends);
        match places.as_slice() {
            [id] => format!("{id} {operator} {}", values.join(", ")),
            _ => format!("({}) {operator} ({})", places.join(", "), values.join(", ")),
        }
    }

    fn missing_rows(&self, reading: &Reading, binds: &mut Binds) -> Vec<String> {
        let mut conditions = Vec::new();
        if matches!(self.base, Base::Index) {
            conditions.push(format!("{} IS NULL", self.lead(reading, WALKED)));
        }
        let ids_only = reading.terms.len() == 1;
        let place = reading
            .place
            .as_ref()
            .filter(|place| ids_only && is_missing(place.values.first()));
        conditions.extend(place.map(|place| {
            let id = binds.bind(place.id);
            format!("{WALKED}.model_id {} {id}", onward(reading.ids_descend))
        }));
        conditions
    }

    /// What of the row `models` shows that it belongs to a part, where the walked row does not.
    pub(super) fn checks(&self, part: Part, reading: &Reading, binds: &mut Binds) -> Vec<String> {
        let mut checks = Vec::new();
        if let (Base::Metric, Part::Missing) = (&self.base, part) {
            let name = self.fixed.iter().map(|(_, name)| binds.bind(name.clone()));
            checks.extend(name.map(|name| {
                format!(
                    "NOT EXISTS (SELECT FROM model_metrics AS metric \
                     WHERE metric.model_id = models.model_id AND metric.name = {name} OFFSET 0)"
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

    /// What the rows of [`rows`](Self::rows) are then sorted by, where the index does not have the whole order.
    pub(super) fn order_by(&self, part: Part, reading: &Reading, binds: &mut Binds) -> Option<String> {
        const ID: &str = "models.model_id";
        match (part, reading.terms.len()) {
            (Part::Present, 1..) if !self.in_order => {
                let of_index = self.order_of_index(part, reading, self.row(part));
                let whole = usize::from(!begins_with_start(reading));
                Some(format!("{of_index}, {}", reading.order_by(whole, ID, binds)))
            }
            (Part::Missing, 2..) => Some(reading.order_by(1, ID, binds)),
            _ => None,
        }
    }

    /// The order of the index, as far as it is that of the search.
    fn order_of_index(&self, part: Part, reading: &Reading, row: &str) -> String {
        let id = format!("{row}.model_id {}", direction(reading.ids_descend));
        let Some(lead) = reading.terms.first() else {
            return id;
        };
        let key = self.lead(reading, row);
        match part {
            // They are all equal in it; said, because the index goes on with the id behind it.
            Part::Missing if matches!(self.base, Base::Index) => {
                format!("{key} {}, {id}", direction(reading.ids_descend))
            }
            Part::Missing => id,
            Part::Present if self.in_order => {
                let keys = self.keys(reading, row).into_iter().zip(&reading.terms);
                let keys = keys.map(|(key, term)| format!("{key} {}", direction(term.descends)));
                keys.chain([id]).collect::<Vec<_>>().join(", ")
            }
            Part::Present => {
                let key = match &lead.key {
                    Key::Column(column) => column.start(&key).unwrap_or(key),
                    Key::Metric(_) => key,
                };
                format!("{key} {}", direction(lead.descends))
            }
        }
    }

    /// What the row is called that has the first key.
    fn row(&self, part: Part) -> &'static str {
        match (&self.base, part) {
            (Base::Tag, _) | (Base::Metric, Part::Present) => WALKED,
            _ => "models",
        }
    }

    /// The keys in a row of the walk.
    fn keys(&self, reading: &Reading, row: &str) -> Vec<String> {
        let rest = reading.terms.iter().skip(1);
        let rest = rest.map(|term| of_row(&term.key, row));
        let lead = reading.terms.first().map(|_| self.lead(reading, row));
        lead.into_iter().chain(rest).collect()
    }

    /// The first key in a row of the walk.
    fn lead(&self, reading: &Reading, row: &str) -> String {
        match (&self.base, reading.terms.first()) {
            (_, None) => format!("{row}.model_id"),
            (Base::Tag, Some(_)) => format!("{row}.model_created_at"),
            (_, Some(term)) => of_row(&term.key, row),
        }
    }
}

/// Whether an index has only the start of the first key.
fn begins_with_start(reading: &Reading) -> bool {
    reading
        .terms
        .first()
        .is_some_and(|term| term.key == Key::Column(Column::Path))
}

/// What the walked row is called.
const WALKED: &str = "walked";

fn of_row(key: &Key, row: &str) -> String {
    match key {
        Key::Column(column) => format!("{row}.{}", column.name()),
        Key::Metric(_) => format!("{row}.value"),
    }
}

/// What one end of the first key asks, and what it asks of the start that an index may have instead.
fn bounded(place: &str, key: Option<&Key>, bound: &Bound, above: bool, binds: &mut Binds) -> Vec<String> {
    let compared = |bound: &Bound, place: &str, binds: &mut Binds| {
        if above {
            bound.above(place, binds)
        } else {
            bound.below(place, binds)
        }
    };
    let mut conditions = vec![compared(bound, place, binds)];
    let start = match key {
        Some(Key::Column(column)) => column.start(place),
        _ => None,
    };
    if let (Some(start), Value::Text(path)) = (start, &bound.value) {
        let bound = Bound::from(Value::Text(path_start(path)));
        conditions.push(compared(&bound, &start, binds));
    }
    conditions
}

fn is_missing(value: Option<&Value>) -> bool {
    value == Some(&Value::Missing)
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
