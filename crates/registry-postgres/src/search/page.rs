//! The statement that finds models in the order of a search. `docs/performance.md` says how the way is chosen.

use registry_core::Timestamp;
use registry_core::search::{Filter, SearchQuery};

use super::condition::condition;
use super::fact::facts;
use super::reading::Reading;
use super::seek::{Rank, Seek, members, seeks};
use super::shape::Shown;
use super::statement::{Binds, Statement};
use super::walk::{Part, Walk};

/// So many ways are weighed.
const WAYS: usize = 8;

/// Up to where each way is good.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// So few found by an index are looked at and sorted at once.
    pub(super) few: i64,
    /// So many models a walk passes before other ways are weighed.
    pub(super) steps: i64,
    /// So far the models that an index finds are counted; above that a walk is taken for the better way.
    pub(super) many: i64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            few: 256,
            steps: 2_000,
            many: 50_000,
        }
    }
}

/// A search on its way to a statement.
#[derive(Debug)]
pub(super) struct Search<'q> {
    members: Vec<&'q Filter>,
    reading: Reading,
    now: Timestamp,
    pub(super) seeks: Vec<Seek>,
    pub(super) walk: Walk,
    pub(super) bounds: Bounds,
}

/// A way to the models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// In the order of the search, each checked.
    Walk,
    /// All that a seek finds, checked, then sorted.
    Seek(usize),
    /// All that a seek finds if they are few, else a walk of some steps.
    FewOrWalk(usize),
}

/// Models as a statement finds them.
#[derive(Debug)]
pub(super) struct Found {
    /// What comes before the statement's `SELECT`.
    pub(super) with: String,
    /// A `SELECT` of rows in the order of reading.
    pub(super) rows: String,
    /// Whether a page that is not full is complete, where it may not be: what is asked of `size`.
    pub(super) complete: Option<String>,
    pub(super) binds: Binds,
}

impl<'q> Search<'q> {
    pub(super) fn new(query: &'q SearchQuery, now: Timestamp) -> Self {
        let now = query.moment(now);
        let members = members(query.filter());
        let facts = facts(&members, now);
        let reading = Reading::of(query, &facts);
        let walk = Walk::best(&reading, &members, &facts);
        Self {
            seeks: seeks(&members, &facts, now),
            walk,
            reading,
            members,
            now,
            bounds: Bounds::default(),
        }
    }

    /// The way that is taken without counting; `None` where counting pays.
    pub(super) fn way(&self, at_once: bool) -> Option<Way> {
        let best = |seeks: &mut dyn Iterator<Item = (usize, &Seek)>| {
            seeks
                .min_by_key(|(_, seek)| seek.rank)
                .map(|(at, seek)| (at, seek.rank))
        };
        let mut narrow = self
            .seeks
            .iter()
            .enumerate()
            .filter(|(_, seek)| seek.rank < Rank::Nearly);
        let mut rivals = narrow
            .clone()
            .filter(|(_, seek)| !seek.is_within(&self.walk.uses));
        if rivals.next().is_none() {
            return Some(Way::Walk);
        }
        match best(&mut narrow) {
            None => Some(Way::Walk),
            Some((at, rank)) if rank <= Rank::Version => Some(Way::Seek(at)),
            Some((at, _)) if at_once && self.walk.in_order => Some(Way::FewOrWalk(at)),
            Some(_) => None,
        }
    }

    /// The seeks worth counting.
    pub(super) fn weighed(&self) -> Vec<usize> {
        let mut seeks: Vec<usize> = (0..self.seeks.len())
            .filter(|at| self.seeks[*at].rank < Rank::Nearly)
            .collect();
        seeks.sort_by_key(|at| self.seeks[*at].rank);
        seeks.truncate(WAYS);
        seeks
    }

    /// How many models these seeks find: a JSON list of numbers. What is more than a walk of so many steps costs is
    /// not counted any further.
    pub(super) fn counting(&self, seeks: &[usize], steps: i64) -> Statement {
        let bound = self.bounds.many.min(steps.saturating_add(1));
        let mut binds = Binds::default();
        let counts: Vec<String> = seeks
            .iter()
            .map(|at| {
                let ids = self.seeks[*at].ids(&mut binds);
                format!("(SELECT count(*) FROM (SELECT FROM ({ids}) AS entry LIMIT {bound}) AS counted)")
            })
            .collect();
        binds.statement(format!("SELECT json_build_array({})::text", counts.join(", ")))
    }

    /// What to take when it is known how many models each seek finds, and how many steps a walk may need.
    pub(super) fn weigh(&self, seeks: &[usize], counts: &[i64], steps: i64) -> Way {
        let counted = seeks.iter().zip(counts);
        match counted.min_by_key(|(_, count)| **count) {
            Some((at, count)) if *count < self.bounds.many && *count <= steps => Way::Seek(*at),
            _ => Way::Walk,
        }
    }

    /// The models, at most `take`, with these columns of the row `models`.
    pub(super) fn found(&self, way: Way, columns: &str, take: i64) -> Found {
        let mut making = Making::new(self, columns);
        let take = take.to_string();
        let mut with = String::new();
        let mut complete = None;
        let arms = match way {
            Way::Walk => {
                let parts = self.walk.parts(&self.reading).into_iter();
                parts.map(|part| making.walk(part, &take)).collect()
            }
            Way::Seek(at) => {
                let seek = &self.seeks[at];
                let ids = seek.ids(&mut making.binds);
                vec![making.sorted(&format!("({ids}) AS entry"), seek, &take)]
            }
            Way::FewOrWalk(at) => {
                let Bounds { few, .. } = self.bounds;
                let seek = &self.seeks[at];
                let ids = seek.ids(&mut making.binds);
                with = format!(
                    "WITH few (model_id) AS MATERIALIZED (SELECT model_id FROM ({ids}) AS entry LIMIT {few} + 1), \
                     size (n) AS MATERIALIZED (SELECT count(*) FROM few) "
                );
                complete = Some(format!("size.n <= {few}"));
                let if_few = format!("(SELECT CASE WHEN n <= {few} THEN {take} ELSE 0 END FROM size)");
                let if_many = format!("(SELECT CASE WHEN n <= {few} THEN 0 ELSE {take} END FROM size)");
                let parts = self.walk.parts(&self.reading);
                let sorted = making.sorted("few", seek, &if_few);
                let steps = parts.first().map(|part| making.steps(*part, &if_many));
                std::iter::once(sorted).chain(steps).collect()
            }
        };
        let rows = match <[String; 1]>::try_from(arms) {
            Ok([arm]) => arm,
            Err(arms) => {
                let arms: Vec<String> = arms
                    .iter()
                    .map(|arm| format!("SELECT * FROM ({arm}) AS part"))
                    .collect();
                format!("{} LIMIT {take}", arms.join(" UNION ALL "))
            }
        };
        Found {
            with,
            rows,
            complete,
            binds: making.binds,
        }
    }

    /// A page: in each row whether it is complete, then what is shown of a model. There always is a row, where one is
    /// needed to say that.
    pub(super) fn page<T: Shown>(&self, way: Way, take: i64) -> Statement {
        let found = self.found(way, T::COLUMNS, take);
        let (shown, rows) = (T::SHOWN, found.rows);
        let text = match found.complete {
            None => format!("SELECT TRUE, {shown} FROM ({rows}) AS shown"),
            Some(complete) => format!(
                "{}SELECT {complete}, {shown} FROM size LEFT JOIN ({rows}) AS shown ON TRUE",
                found.with
            ),
        };
        found.binds.statement(text)
    }

    /// The number of models that fit, counted up to `take`, beginning with a seek.
    pub(super) fn count(&self, seek: Option<usize>, take: i64) -> Statement {
        let mut making = Making::new(self, "");
        let (ids, covers, repeats) = match seek.map(|at| &self.seeks[at]) {
            Some(seek) => (seek.ids(&mut making.binds), seek.covers.as_slice(), seek.repeats),
            None => ("SELECT model_id FROM models".to_owned(), [].as_slice(), false),
        };
        let distinct = if repeats { "DISTINCT " } else { "" };
        let ids = format!("SELECT {distinct}model_id FROM ({ids}) AS entry");
        let checks = making.checks(covers);
        let rows = match (checks.as_slice(), seek) {
            ([], _) => format!("{ids} LIMIT {take}"),
            (checks, None) => format!("SELECT FROM models WHERE {} LIMIT {take}", checks.join(" AND ")),
            (checks, Some(_)) => format!(
                "SELECT FROM ({ids}) AS found {} WHERE {} LIMIT {take}",
                of_id("found"),
                checks.join(" AND ")
            ),
        };
        let text = format!("SELECT count(*)::text FROM ({rows}) AS counted");
        making.binds.statement(text)
    }

    /// The seek that is expected to find the least.
    pub(super) fn best_seek(&self) -> Option<usize> {
        let seeks = self.seeks.iter().enumerate();
        seeks.min_by_key(|(_, seek)| seek.rank).map(|(at, _)| at)
    }

    /// The seek that does all that the filter asks.
    pub(super) fn whole_seek(&self) -> Option<usize> {
        let seeks = self.seeks.iter().enumerate();
        seeks
            .filter(|(_, seek)| seek.covers_all(self.members.len()))
            .min_by_key(|(_, seek)| (seek.repeats, seek.rank))
            .map(|(at, _)| at)
    }
}

/// The parts of one statement, which share their values.
struct Making<'s> {
    search: &'s Search<'s>,
    columns: &'s str,
    binds: Binds,
    /// The condition of each member, made once and used in every part.
    conditions: Vec<Option<String>>,
}

impl<'s> Making<'s> {
    fn new(search: &'s Search<'s>, columns: &'s str) -> Self {
        Self {
            search,
            columns,
            binds: Binds::default(),
            conditions: vec![None; search.members.len()],
        }
    }

    /// The conditions of the members that are not covered.
    fn checks(&mut self, covers: &[usize]) -> Vec<String> {
        let search = self.search;
        let members = search.members.iter().enumerate();
        let unsure = members.filter(|(member, _)| !covers.contains(member));
        unsure
            .map(|(member, filter)| {
                self.conditions[member]
                    .get_or_insert_with(|| condition(filter, search.now, &mut self.binds))
                    .clone()
            })
            .collect()
    }

    /// A part of a walk to its end, or until enough is found.
    fn walk(&mut self, part: Part, take: &str) -> String {
        self.walked(part, "OFFSET 0", take)
    }

    /// A part of a walk in order, of some steps at most.
    fn steps(&mut self, part: Part, take: &str) -> String {
        let steps = self.search.bounds.steps;
        self.walked(part, &format!("LIMIT {steps}"), take)
    }

    fn walked(&mut self, part: Part, end: &str, take: &str) -> String {
        let Search { walk, reading, .. } = self.search;
        let from = walk.rows(part, reading, &mut self.binds, end);
        let mut checks = walk.checks(part, reading, &mut self.binds);
        checks.extend(self.checks(walk.covered(part)));
        // Rows that come in order stay so. Asked for it again, the planner would think of the whole instead of the first
        // of them.
        let order = walk.order_by(part, reading, &mut self.binds);
        let order = order.map_or_else(String::new, |order| format!(" ORDER BY {order}"));
        format!(
            "SELECT {} FROM {from}{}{order} LIMIT {take}",
            self.columns,
            when(&checks)
        )
    }

    /// What a seek finds, checked and sorted.
    fn sorted(&mut self, ids: &str, seek: &Seek, take: &str) -> String {
        let reading = &self.search.reading;
        let distinct = if seek.repeats { "DISTINCT " } else { "" };
        let mut checks: Vec<String> = reading.behind(0, &mut self.binds).into_iter().collect();
        checks.extend(self.checks(&seek.covers));
        format!(
            "SELECT {} FROM (SELECT {distinct}model_id FROM {ids}) AS found {}{} ORDER BY {} LIMIT {take}",
            self.columns,
            of_id("found"),
            when(&checks),
            reading.order_by(0, "models.model_id", &mut self.binds)
        )
    }
}

/// Joins the model of each row, looked up by its id and in no other way.
pub(super) fn of_id(row: &str) -> String {
    format!(
        "CROSS JOIN LATERAL (SELECT * FROM models AS whole WHERE whole.model_id = {row}.model_id OFFSET 0) AS models"
    )
}

fn when(checks: &[String]) -> String {
    if checks.is_empty() {
        String::new()
    } else {
        format!(" WHERE {}", checks.join(" AND "))
    }
}
