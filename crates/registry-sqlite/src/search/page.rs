//! The statement that finds models in the order of a search. `docs/performance.md` says how the way is chosen.

use registry_core::Timestamp;
use registry_core::search::{Filter, SearchQuery};

use super::condition::condition;
use super::fact::facts;
use super::reading::Reading;
use super::seek::{Rank, Seek, members, seeks};
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

impl Bounds {
    /// As many steps as it takes to find so many at the rate of the first ones.
    pub(super) fn steps_at_this_rate(&self, take: i64, found: i64) -> i64 {
        self.steps.saturating_mul(take) / found.max(1)
    }
}

/// A search on its way to a statement.
#[derive(Debug)]
pub(super) struct Search<'q> {
    members: Vec<&'q Filter>,
    pub(super) reading: Reading,
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
    /// A walk of so many steps that passes what the seek does not find, without a look at its model.
    Among(usize, i64),
}

/// Models as a statement finds them.
#[derive(Debug)]
pub(super) struct Found {
    /// What comes before the statement's `SELECT`.
    pub(super) with: String,
    /// A `SELECT` of ids in the order of reading.
    pub(super) ids: String,
    /// Whether a page that is not full is complete: 1 or 0.
    pub(super) complete: String,
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
        let mut binds = Binds::default();
        let bound = binds.bind(self.bounds.many.min(steps.saturating_add(1)));
        let counts: Vec<String> = seeks
            .iter()
            .map(|at| {
                let ids = self.seeks[*at].ids(&mut binds);
                format!("(SELECT count(*) FROM (SELECT 1 FROM ({ids}) LIMIT {bound}))")
            })
            .collect();
        binds.statement(format!("SELECT json_array({})", counts.join(", ")))
    }

    /// What to take when it is known how many models each seek finds, and how many steps a walk may need; and how many the
    /// seek finds that is taken.
    pub(super) fn weigh(&self, seeks: &[usize], counts: &[i64], steps: i64) -> (Way, i64) {
        let counted = seeks.iter().zip(counts);
        match counted.min_by_key(|(_, count)| **count) {
            Some((at, count)) if *count < self.bounds.many && *count <= steps => (Way::Seek(*at), *count),
            _ => (Way::Walk, 0),
        }
    }

    /// A way that may find enough of what another one finds, for less: models that fit are seldom spread so unevenly that
    /// a walk of twice as many steps as there are of them meets none, and such a step is a fraction of reading a model to
    /// sort it. `count` is how many the seek finds.
    pub(super) fn among(&self, way: Way, count: i64) -> Option<Way> {
        match way {
            Way::Seek(at) if self.walk.in_order && count > self.bounds.few => {
                Some(Way::Among(at, count.saturating_mul(2)))
            }
            _ => None,
        }
    }

    /// The models, at most `take`.
    pub(super) fn found(&self, way: Way, take: i64) -> Found {
        let mut making = Making::new(self);
        let take = making.binds.bind(take);
        let mut with = String::new();
        let mut complete = "1".to_owned();
        let arms = match way {
            Way::Walk => {
                let parts = self.walk.parts(&self.reading).into_iter();
                parts.map(|part| making.walk(part, &take)).collect()
            }
            Way::Seek(at) => {
                let seek = &self.seeks[at];
                let ids = seek.ids(&mut making.binds);
                vec![making.sorted(&format!("({ids})"), seek, &take)]
            }
            Way::FewOrWalk(at) => {
                let Bounds { few, .. } = self.bounds;
                let seek = &self.seeks[at];
                let ids = seek.ids(&mut making.binds);
                with = format!(
                    "WITH few (model_id) AS MATERIALIZED (SELECT model_id FROM ({ids}) LIMIT {few} + 1), \
                     size (n) AS MATERIALIZED (SELECT count(*) FROM few) "
                );
                complete = format!("(SELECT n <= {few} FROM size)");
                let if_few = format!("(SELECT CASE WHEN n <= {few} THEN {take} ELSE 0 END FROM size)");
                let if_many = format!("(SELECT CASE WHEN n <= {few} THEN 0 ELSE {take} END FROM size)");
                let parts = self.walk.parts(&self.reading);
                let sorted = making.sorted("few", seek, &if_few);
                let steps = self.bounds.steps.to_string();
                let steps = parts
                    .first()
                    .map(|part| making.steps(*part, (&steps, None), &if_many));
                std::iter::once(sorted).chain(steps).collect()
            }
            Way::Among(at, steps) => {
                "0".clone_into(&mut complete);
                let ids = self.seeks[at].ids(&mut making.binds);
                let steps = making.binds.bind(steps);
                let parts = self.walk.parts(&self.reading).into_iter().take(1);
                parts
                    .map(|part| making.steps(part, (&steps, Some(&ids)), &take))
                    .collect()
            }
        };
        let ids = match <[String; 1]>::try_from(arms) {
            Ok([arm]) => arm,
            Err(arms) => {
                let arms: Vec<String> = arms.iter().map(|arm| format!("SELECT * FROM ({arm})")).collect();
                format!("{} LIMIT {take}", arms.join(" UNION ALL "))
            }
        };
        Found {
            with,
            ids,
            complete,
            binds: making.binds,
        }
    }

    /// One digit, whether there are no more than `take`; and the number of models that a way finds, at most so many.
    pub(super) fn number(&self, way: Way, take: i64) -> Statement {
        let found = self.found(way, take);
        let text = format!(
            "{}SELECT concat({}, (SELECT count(*) FROM ({})))",
            found.with, found.complete, found.ids
        );
        found.binds.statement(text)
    }

    /// The number of models that fit, counted up to `take`, beginning with a seek.
    pub(super) fn count(&self, seek: Option<usize>, take: i64) -> Statement {
        let mut making = Making::new(self);
        let take = making.binds.bind(take);
        let (ids, covers, repeats) = match seek.map(|at| &self.seeks[at]) {
            Some(seek) => (seek.ids(&mut making.binds), seek.covers.as_slice(), seek.repeats),
            None if self.members.is_empty() => {
                let all = "SELECT model_id FROM models INDEXED BY models_by_ordinal WHERE ordinal > 0";
                (all.to_owned(), [].as_slice(), false)
            }
            None => {
                let all = "SELECT model_id FROM models NOT INDEXED WHERE model_id > 0";
                (all.to_owned(), [].as_slice(), false)
            }
        };
        let distinct = if repeats { "DISTINCT " } else { "" };
        let ids = format!("SELECT {distinct}model_id FROM ({ids})");
        let checks = making.checks(covers);
        let rows = if checks.is_empty() {
            format!("SELECT 1 FROM ({ids}) LIMIT {take}")
        } else {
            format!(
                "SELECT 1 FROM ({ids}) AS found CROSS JOIN models ON models.model_id = found.model_id \
                 WHERE {} LIMIT {take}",
                checks.join(" AND ")
            )
        };
        let text = format!("SELECT CAST(count(*) AS TEXT) FROM ({rows})");
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

impl Found {
    /// The page as rows `models`, in its order.
    pub(super) fn models(&self) -> String {
        format!(
            "({}) AS page CROSS JOIN models ON models.model_id = page.model_id",
            self.ids
        )
    }
}

/// The parts of one statement, which share their values.
struct Making<'s> {
    search: &'s Search<'s>,
    binds: Binds,
    /// The condition of each member, made once and used in every part.
    conditions: Vec<Option<String>>,
}

impl<'s> Making<'s> {
    fn new(search: &'s Search<'s>) -> Self {
        Self {
            search,
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
        let Search { walk, reading, .. } = self.search;
        let (from, mut conditions) = walk.rows(part, reading, &mut self.binds);
        conditions.extend(walk.checks(part, reading, &mut self.binds));
        conditions.extend(self.checks(walk.covered(part)));
        format!(
            "SELECT models.model_id FROM {from} CROSS JOIN models ON models.model_id = walked.model_id WHERE {} \
             ORDER BY {} LIMIT {take}",
            conditions.join(" AND "),
            walk.order_by(part, reading, &mut self.binds)
        )
    }

    /// A part of a walk in order, of some steps at most; `among`: only of these ids.
    fn steps(&mut self, part: Part, (steps, among): (&str, Option<&str>), take: &str) -> String {
        let Search { walk, reading, .. } = self.search;
        let (from, conditions) = walk.rows(part, reading, &mut self.binds);
        let mut checks: Vec<String> = among
            .map(|ids| format!("+step.model_id IN ({ids})"))
            .into_iter()
            .collect();
        checks.extend(walk.checks(part, reading, &mut self.binds));
        checks.extend(self.checks(walk.covered(part)));
        checks.push("1".to_owned());
        format!(
            "SELECT models.model_id FROM (SELECT walked.model_id FROM {from} WHERE {} ORDER BY {} LIMIT {steps}) AS step \
             CROSS JOIN models ON models.model_id = step.model_id WHERE {} LIMIT {take}",
            conditions.join(" AND "),
            walk.order_by(part, reading, &mut self.binds),
            checks.join(" AND ")
        )
    }

    /// What a seek finds, checked and sorted.
    fn sorted(&mut self, ids: &str, seek: &Seek, take: &str) -> String {
        let reading = &self.search.reading;
        let distinct = if seek.repeats { "DISTINCT " } else { "" };
        let mut checks: Vec<String> = reading.behind(0, &mut self.binds).into_iter().collect();
        checks.extend(self.checks(&seek.covers));
        checks.push("1".to_owned());
        format!(
            "SELECT models.model_id FROM (SELECT {distinct}model_id FROM {ids}) AS found \
             CROSS JOIN models ON models.model_id = found.model_id WHERE {} ORDER BY {} LIMIT {take}",
            checks.join(" AND "),
            reading.order_by(0, "models.model_id", &mut self.binds)
        )
    }
}
