//! Where the models that fit can be found: for each part of a filter that an index knows, how to read their ids from it.
//! Each is a way to begin a search; what the index doesn't know is then checked on each model.

mod special;

use registry_core::Timestamp;
use registry_core::search::{Filter, Node};

use super::columns::{Column, INDEXES, Index, Key, path_start};
use super::condition::{BOOLEAN, NUMBER, TEXT};
use super::fact::{Bound, Fact, Wanted, facts};
use super::statement::{Binds, Value};

const PATH: &str = "checkpoint_path";

/// A way to the ids of models, at least of all that fit.
#[derive(Debug)]
pub(super) struct Seek {
    /// What it reads, one part after the other. Two parts may find the same model.
    reads: Vec<Read>,
    /// Whether a model may come twice.
    pub(super) repeats: bool,
    /// The members of the filter by which it finds.
    uses: Vec<usize>,
    /// Those of them that hold for all it finds.
    pub(super) covers: Vec<usize>,
    /// How little it is expected to find; the lowest is the least.
    pub(super) rank: Rank,
}

/// What is expected of a seek before anything is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// As many as are named.
    Named,
    /// One.
    Version,
    /// Relatives, and the models of a run.
    Relatives,
    /// The models of a configuration or a checkpoint.
    Configuration,
    /// The holders of a tag, or of a value in metadata.
    Holders,
    /// The versions of a name.
    Versions,
    /// A range of what differs from model to model.
    Range,
    /// What many models have in common.
    Common,
    /// A range of time.
    Period,
    /// That there is a value at all, or which of a few it is.
    Loose,
    /// Nearly all.
    Nearly,
    /// All.
    All,
}

/// One part of a seek.
#[derive(Debug, Clone)]
enum Read {
    /// Rows of a table by what one of its indexes knows.
    Index {
        table: &'static str,
        conditions: Vec<(&'static str, Wanted)>,
        also: Option<special::Check>,
    },
    /// The descendants of models.
    Descendants(Wanted),
}

impl Seek {
    /// The statement that reads the ids.
    pub(super) fn ids(&self, binds: &mut Binds) -> String {
        let reads: Vec<String> = self.reads.iter().map(|read| read.ids(binds)).collect();
        reads.join(" UNION ALL ")
    }

    /// Whether the seek does all that so many members ask. A member may be among the covered twice, by either end of
    /// its range.
    pub(super) fn covers_all(&self, members: usize) -> bool {
        (0..members).all(|member| self.covers.contains(&member))
    }

    /// Whether it finds by nothing else than these members.
    pub(super) fn is_within(&self, used: &[usize]) -> bool {
        self.uses.iter().all(|member| used.contains(member))
    }
}

impl Read {
    fn ids(&self, binds: &mut Binds) -> String {
        match self {
            Self::Index {
                table,
                conditions,
                also,
            } => {
                let mut all: Vec<String> = conditions
                    .iter()
                    .flat_map(|(place, wanted)| wanted.conditions(place, binds))
                    .collect();
                all.extend(also.iter().map(|check| check.condition(binds)));
                format!(
                    "SELECT entry.model_id FROM {table} AS entry WHERE {}",
                    all.join(" AND ")
                )
            }
            Self::Descendants(parents) => {
                let parents = match parents {
                    Wanted::OneOf(ids) => binds.any_of(ids),
                    _ => "IS NOT NULL".to_owned(),
                };
                format!(
                    "SELECT model_id FROM (WITH RECURSIVE line (model_id) AS (\
                     SELECT child.model_id FROM models AS child WHERE child.parent_model_id {parents} \
                     UNION SELECT child.model_id FROM line CROSS JOIN LATERAL (SELECT model_id FROM models \
                     WHERE parent_model_id = line.model_id OFFSET 0) AS child) SELECT model_id FROM line) AS descendant"
                )
            }
        }
    }
}

impl Wanted {
    /// What the index is searched by.
    fn conditions(&self, place: &str, binds: &mut Binds) -> Vec<String> {
        let entry = format!("entry.{place}");
        let mut conditions = match self {
            Self::OneOf(values) => vec![format!("{entry} {}", binds.any_of(values))],
            Self::Between(from, to) => {
                let from = from.as_ref().map(|from| from.above(&entry, binds));
                let to = to.as_ref().map(|to| to.below(&entry, binds));
                from.into_iter().chain(to).collect()
            }
            Self::Present => vec![format!("{entry} IS NOT NULL")],
        };
        match place {
            PATH => conditions.extend(self.path_starts(&entry, binds)),
            // The indexes of values leave out what is missing, and want to be told.
            NUMBER | TEXT | BOOLEAN => conditions.push(format!("{entry} IS NOT NULL")),
            _ => {}
        }
        conditions
    }

    /// The same for the starts of paths, which is what the index knows.
    fn path_starts(&self, entry: &str, binds: &mut Binds) -> Vec<String> {
        let Some(start) = Column::Path.start(entry) else {
            return Vec::new();
        };
        let start_of = |value: &Value| match value {
            Value::Text(path) => Value::Text(path_start(path)),
            other => other.clone(),
        };
        match self {
            Self::OneOf(paths) => {
                let starts: Vec<Value> = paths.iter().map(start_of).collect();
                vec![format!("{start} {}", binds.any_of(&starts))]
            }
            Self::Between(from, to) => {
                let bound = |bound: &Bound| Bound::from(start_of(&bound.value));
                let from = from.as_ref().map(|from| bound(from).above(&start, binds));
                let to = to.as_ref().map(|to| bound(to).below(&start, binds));
                from.into_iter().chain(to).collect()
            }
            Self::Present => Vec::new(),
        }
    }
}

/// Every seek that the members of an `and` allow.
pub(super) fn seeks(members: &[&Filter], facts: &[Fact], now: Timestamp) -> Vec<Seek> {
    let mut seeks: Vec<Seek> = by_id(facts).into_iter().collect();
    seeks.extend(INDEXES.iter().filter_map(|index| of_index(index, facts)));
    seeks.extend(facts.iter().filter_map(of_metric));
    for (member, filter) in members.iter().enumerate() {
        seeks.extend(match filter.node() {
            Node::Test(test) => special::of_test(member, test),
            Node::Any(branches) => of_any(member, branches, now),
            Node::All(_) | Node::Not(_) => None,
        });
    }
    seeks
}

/// More parts than this are no shortcut.
const MAX_READS: usize = 64;

/// Of an `or`, when each branch has a seek of its own.
fn of_any(member: usize, branches: &[Filter], now: Timestamp) -> Option<Seek> {
    let mut whole = Seek {
        reads: Vec::new(),
        repeats: true,
        uses: vec![member],
        covers: vec![member],
        rank: Rank::Named,
    };
    for branch in branches {
        let members = members(Some(branch));
        let best = seeks(&members, &facts(&members, now), now)
            .into_iter()
            .min_by_key(|seek| seek.rank)?;
        if !best.covers_all(members.len()) {
            whole.covers.clear();
        }
        whole.rank = whole.rank.max(best.rank);
        whole.reads.extend(best.reads);
        if whole.reads.len() > MAX_READS {
            return None;
        }
    }
    Some(whole)
}

/// What must hold together.
pub(super) fn members(filter: Option<&Filter>) -> Vec<&Filter> {
    match filter.map(|filter| (filter, filter.node())) {
        None => Vec::new(),
        Some((_, Node::All(filters))) => filters.iter().collect(),
        Some((filter, _)) => vec![filter],
    }
}

fn by_id(facts: &[Fact]) -> Option<Seek> {
    let ids = facts.iter().filter(|fact| fact.key == Key::Column(Column::Id));
    let ranked = ids.filter_map(|fact| match fact.wanted {
        Wanted::OneOf(_) => Some((Rank::Named, fact)),
        Wanted::Between(..) => Some((Rank::Loose, fact)),
        Wanted::Present => None,
    });
    let (rank, fact) = ranked.min_by_key(|(rank, _)| *rank)?;
    Some(Seek {
        reads: vec![Read::Index {
            table: "models",
            conditions: vec![("model_id", fact.wanted.clone())],
            also: None,
        }],
        repeats: false,
        uses: vec![fact.member],
        covers: covered([fact]),
        rank,
    })
}

/// The members that facts leave nothing of.
fn covered<'a>(facts: impl IntoIterator<Item = &'a Fact>) -> Vec<usize> {
    let whole = facts.into_iter().filter(|fact| fact.whole);
    whole.map(|fact| fact.member).collect()
}

/// An index by its first columns: equal values as far as they are known, then one range.
fn of_index(index: &Index, facts: &[Fact]) -> Option<Seek> {
    let mut conditions = Vec::new();
    let mut spent: Vec<&Fact> = Vec::new();
    let mut uses = Vec::new();
    let mut only_present = false;
    for column in index.columns {
        let key = Key::Column(*column);
        let of_column: Vec<&Fact> = facts.iter().filter(|fact| fact.key == key).collect();
        let equal = of_column
            .iter()
            .find(|fact| matches!(fact.wanted, Wanted::OneOf(_)));
        if let Some(fact) = equal {
            conditions.push((column.name(), fact.wanted.clone()));
            spent.push(fact);
            continue;
        }
        if let Some((range, ends)) = range(&of_column) {
            conditions.push((column.name(), range));
            uses.extend(of_column.iter().map(|fact| fact.member));
            spent.extend(ends);
        } else if let Some(fact) = of_column.first().filter(|_| column.is_optional()) {
            only_present = conditions.is_empty();
            conditions.push((column.name(), Wanted::Present));
            spent.push(fact);
        }
        break;
    }
    let rank = if only_present {
        Rank::Loose
    } else {
        rank(index, &conditions)?
    };
    uses.extend(spent.iter().map(|fact| fact.member));
    Some(Seek {
        reads: vec![Read::Index {
            table: "models",
            conditions,
            also: None,
        }],
        repeats: false,
        uses,
        covers: covered(spent),
        rank,
    })
}

/// The first lower and the first upper bound.
fn range<'a>(facts: &[&'a Fact]) -> Option<(Wanted, Vec<&'a Fact>)> {
    let lower = facts
        .iter()
        .find(|fact| matches!(fact.wanted, Wanted::Between(Some(_), _)));
    let upper = facts
        .iter()
        .find(|fact| matches!(fact.wanted, Wanted::Between(_, Some(_))));
    let bound = |fact: &&Fact, lower: bool| match &fact.wanted {
        Wanted::Between(from, to) => (if lower { from } else { to }).clone(),
        _ => None,
    };
    let wanted = Wanted::Between(
        lower.and_then(|fact| bound(fact, true)),
        upper.and_then(|fact| bound(fact, false)),
    );
    let ends: Vec<&Fact> = lower.into_iter().chain(upper).copied().collect();
    // A fact with two ends is used up only if both are its own.
    let used = |fact: &&&Fact| match &fact.wanted {
        Wanted::Between(Some(_), Some(_)) => ends.iter().all(|end| end.member == fact.member),
        _ => true,
    };
    let used: Vec<&Fact> = ends.iter().filter(used).copied().collect();
    (!ends.is_empty()).then_some((wanted, used))
}

/// What an index with these conditions is expected to find; `None` where another does the same.
pub(super) fn rank(index: &Index, conditions: &[(&'static str, Wanted)]) -> Option<Rank> {
    let (_, first) = conditions.first()?;
    let is_equal = matches!(first, Wanted::OneOf(_));
    let second = conditions
        .get(1)
        .is_some_and(|(_, wanted)| matches!(wanted, Wanted::OneOf(_)));
    Some(match index.columns {
        [Column::Name, Column::Ordinal] if conditions.len() < 2 => return None,
        [Column::Name, _] if is_equal && second => Rank::Version,
        [Column::Name, _] if is_equal => Rank::Versions,
        [Column::Parent | Column::TrainingRun] if is_equal => Rank::Relatives,
        [Column::ConfigHash, ..] | [Column::Path] if is_equal => Rank::Configuration,
        [Column::Version | Column::TaskType | Column::Actor, ..] if is_equal => Rank::Common,
        [Column::Status, ..] if conditions.len() > 1 => Rank::Period,
        [Column::Status, ..] => match first.single() {
            Some(status) if *status == Value::from(registry_core::Status::Active.as_str()) => Rank::Nearly,
            _ => Rank::Loose,
        },
        [Column::Ordinal, ..] => Rank::Loose,
        [Column::CreatedAt | Column::UpdatedAt, ..] => Rank::Period,
        _ => Rank::Range,
    })
}

fn of_metric(fact: &Fact) -> Option<Seek> {
    let Key::Metric(name) = &fact.key else {
        return None;
    };
    let name = Wanted::OneOf(vec![name.as_str().into()]);
    Some(Seek {
        reads: vec![Read::Index {
            table: "model_metrics",
            conditions: vec![("name", name), ("value", fact.wanted.clone())],
            also: None,
        }],
        repeats: false,
        uses: vec![fact.member],
        covers: covered([fact]),
        rank: match fact.wanted {
            Wanted::Present => Rank::Loose,
            _ => Rank::Range,
        },
    })
}
