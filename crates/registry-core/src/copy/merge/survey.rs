//! What the registry that arrives holds, and what of it the other has already. Changes nothing.

use std::collections::{BTreeMap, HashMap};

use super::compare::differences;
use super::numbering::named;
use super::report::Conflict;
use crate::backend::RecordReader;
use crate::copy::PIECE;
use crate::error::{Error, Result};
use crate::event::{EventId, EventKind};
use crate::identifier::ModelRef;
use crate::record::{EventRecord, HoldingRecord, LastIds, ModelRecord, ReferenceRecord};
use crate::rules::Holder;
use crate::status::Status;
use crate::text::TagName;

/// A model of the registry that arrives, with its history; it may be deleted since.
pub(super) struct Line {
    /// The place of its name in [`Survey::names`].
    pub(super) name: usize,
    /// Its version, where it exists and comes along.
    pub(super) version: Option<String>,
    /// Whether it exists.
    pub(super) alive: bool,
    /// What becomes of it.
    pub(super) fate: Fate,
}

impl Line {
    pub(super) fn is_new(&self) -> bool {
        matches!(self.fate, Fate::New)
    }
}

/// What becomes of a line.
pub(super) enum Fate {
    /// It comes along.
    New,
    /// It is there already, under this id.
    There(i64),
}

/// Everything that a merge decides on.
#[derive(Default)]
pub(super) struct Survey {
    /// Every line, by its id.
    pub(super) lines: BTreeMap<i64, Line>,
    pub(super) names: Vec<String>,
    places: HashMap<String, usize>,
    /// How many existing versions both have alike.
    pub(super) alike: u64,
    pub(super) conflicts: Vec<Conflict>,
    /// Models that are there and got no parent yet, by a merge that was stopped; with their parents.
    pub(super) orphans: Vec<(i64, i64)>,
    /// The tags of models that come along, each with its holders; their events are those of the registry that arrives.
    pub(super) arriving: BTreeMap<TagName, Vec<Holder>>,
    /// Lines that come in one piece where both come: a model and its parent, an event's and those that it names or
    /// follows, and all that have a tag to which somebody is promoted.
    pub(super) ties: Vec<(i64, i64)>,
    /// The last ids of the registry that arrives.
    pub(super) last: LastIds,
    pub(super) new_models: u64,
    pub(super) new_tags: u64,
    pub(super) new_exports: u64,
    pub(super) new_events: u64,
}

/// A model that both have alike but for the parent, which is compared when all are known.
struct Pair {
    id: i64,
    identity: (String, String),
    parent: Option<i64>,
    parent_there: Option<i64>,
}

impl Survey {
    /// Reads all of `source` once, and of `target` what is called the same.
    pub(super) async fn of(
        source: &mut dyn RecordReader,
        target: &mut dyn RecordReader,
        tell: &(dyn Fn(u64) + Send + Sync),
    ) -> Result<Self> {
        let mut survey = Self {
            last: source.last_ids().await?,
            ..Self::default()
        };
        let (mut pairs, mut read) = (Vec::new(), 0);
        let mut after = i64::MIN;
        loop {
            let page = source.models(after, PIECE).await?;
            let Some(last) = page.last().map(|model| model.model_id) else {
                break;
            };
            let holdings = source.holdings(after, last).await?;
            after = last;
            read += page.len() as u64;
            survey.models(page, holdings, target, &mut pairs).await?;
            tell(read);
        }
        survey.parents(pairs);
        survey
            .events(source, target, &mut |page| {
                read += page;
                tell(read);
            })
            .await?;
        survey.tie_holders(target).await?;
        Ok(survey)
    }

    /// The lines that come along.
    pub(super) fn new_lines(&self) -> impl Iterator<Item = i64> + '_ {
        let new = self.lines.iter().filter(|(_, line)| line.is_new());
        new.map(|(id, _)| *id)
    }

    fn name(&mut self, name: &str) -> usize {
        if let Some(place) = self.places.get(name) {
            return *place;
        }
        let place = self.names.len();
        self.names.push(name.to_owned());
        self.places.insert(name.to_owned(), place);
        place
    }

    async fn models(
        &mut self,
        page: Vec<ModelRecord>,
        holdings: Vec<HoldingRecord>,
        target: &mut dyn RecordReader,
        pairs: &mut Vec<Pair>,
    ) -> Result<()> {
        let identities: Vec<_> = page.iter().map(identity).collect();
        let there = target.versions(&identities).await?;
        let ids: Vec<i64> = there.iter().map(|model| model.model_id).collect();
        let there: HashMap<(String, String), ModelRecord> = target
            .models_of(&ids)
            .await?
            .into_iter()
            .map(|record| (identity(&record), record))
            .collect();
        let mut held: HashMap<i64, Vec<HoldingRecord>> = HashMap::new();
        for holding in holdings {
            held.entry(holding.model_id).or_default().push(holding);
        }
        for (record, identity) in page.into_iter().zip(identities) {
            let name = self.name(&record.name);
            let id = record.model_id;
            let mut line = Line {
                name,
                version: None,
                alive: true,
                fate: Fate::New,
            };
            if let Some(other) = there.get(&identity) {
                line.fate = Fate::There(other.model_id);
                let fields = differences(&record, other)?;
                if fields.is_empty() {
                    pairs.push(Pair {
                        id,
                        identity,
                        parent: record.parent_model_id,
                        parent_there: other.parent_model_id,
                    });
                } else {
                    self.conflict(&record.name, &record.version, fields);
                }
            } else {
                line.version = Some(record.version.clone());
                self.ties
                    .extend(record.parent_model_id.map(|parent| (id, parent)));
                self.new_models += 1;
                let exports: Vec<serde::de::IgnoredAny> =
                    serde_json::from_str(&record.exports).map_err(|problem| Error::StoredValue {
                        row: format!("models {id}"),
                        field: "exports",
                        problem: problem.to_string(),
                    })?;
                self.new_exports += exports.len() as u64;
                self.arrives(&record, held.remove(&id).unwrap_or_default())?;
            }
            self.lines.insert(id, line);
        }
        Ok(())
    }

    fn conflict(&mut self, name: &str, version: &str, fields: Vec<String>) {
        self.conflicts.push(Conflict {
            name: name.to_owned(),
            version: version.to_owned(),
            fields,
        });
    }

    /// Notes the tags of a model that comes along.
    fn arrives(&mut self, record: &ModelRecord, holdings: Vec<HoldingRecord>) -> Result<()> {
        let bad = |field, problem: &dyn std::fmt::Display| Error::StoredValue {
            row: format!("models {}", record.model_id),
            field,
            problem: problem.to_string(),
        };
        for holding in holdings {
            let reference = ReferenceRecord {
                model_id: record.model_id,
                name: record.name.clone(),
                version: record.version.clone(),
            };
            let tag = TagName::parse(&holding.tag).map_err(|problem| bad("tags", &problem))?;
            let holder = Holder {
                model: ModelRef::try_from(reference)?,
                status: Status::parse(&record.status).map_err(|problem| bad("status", &problem))?,
                promoted: holding.promoted != 0,
                event: EventId(holding.event_id),
            };
            self.new_tags += 1;
            self.arriving.entry(tag).or_default().push(holder);
        }
        Ok(())
    }

    /// Compares the parents of those that are alike otherwise.
    fn parents(&mut self, pairs: Vec<Pair>) {
        for pair in pairs {
            let there = pair.parent.map(|parent| match self.lines.get(&parent) {
                Some(Line {
                    fate: Fate::There(id),
                    ..
                }) => Some(*id),
                _ => None,
            });
            match (pair.parent, there.flatten(), pair.parent_there) {
                (None, _, None) => self.alike += 1,
                (Some(_), Some(there), Some(parent)) if there == parent => self.alike += 1,
                // Where both changed it their times would differ too.
                (Some(parent), _, None) => {
                    self.alike += 1;
                    self.orphans.push((pair.id, parent));
                }
                _ => {
                    let (name, version) = pair.identity;
                    self.conflict(&name, &version, vec!["parent_model_id".into()]);
                }
            }
        }
    }

    /// Finds the models that are deleted since, and what promotions refer to.
    async fn events(
        &mut self,
        source: &mut dyn RecordReader,
        target: &mut dyn RecordReader,
        tell: &mut (dyn FnMut(u64) + Send),
    ) -> Result<()> {
        let mut given: HashMap<i64, i64> = HashMap::new();
        let mut after = i64::MIN;
        loop {
            let page = source.events(after, PIECE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.event_id;
            tell(page.len() as u64);
            for event in page {
                let Some((id, line)) = self.line(&event, target).await? else {
                    continue;
                };
                if event.kind.parse::<EventKind>().is_ok_and(EventKind::gives_tag) {
                    given.insert(event.event_id, id);
                }
                if !line.is_new() {
                    continue;
                }
                self.new_events += 1;
                let previous = event.previous_event_id.and_then(|id| given.get(&id));
                let ties = previous.copied().into_iter().chain(named(&event)?);
                self.ties
                    .extend(ties.filter(|other| *other != id).map(|other| (id, other)));
            }
        }
    }

    /// The line of an event, with its id; none for one of the registry itself.
    async fn line(
        &mut self,
        event: &EventRecord,
        target: &mut dyn RecordReader,
    ) -> Result<Option<(i64, &Line)>> {
        let (Some(id), Some(name)) = (event.model_id, &event.name) else {
            return Ok(None);
        };
        if !self.lines.contains_key(&id) {
            let fate = match target.told(event).await? {
                Some(told) => Fate::There(told.model_id),
                None => Fate::New,
            };
            let name = self.name(name);
            let line = Line {
                name,
                version: None,
                alive: false,
                fate,
            };
            self.lines.insert(id, line);
        }
        Ok(self.lines.get(&id).map(|line| (id, line)))
    }

    /// Whoever has or wants a tag that somebody is promoted to comes in one piece.
    async fn tie_holders(&mut self, target: &mut dyn RecordReader) -> Result<()> {
        for (tag, arriving) in &self.arriving {
            let mut promoted = arriving.iter().any(|holder| holder.promoted);
            promoted |= target
                .holders(tag)
                .await?
                .iter()
                .any(|holder| holder.promoted != 0);
            if promoted {
                let pairs = arriving.windows(2);
                self.ties
                    .extend(pairs.map(|pair| (pair[0].model.id.get(), pair[1].model.id.get())));
            }
        }
        Ok(())
    }
}

pub(super) fn identity(record: &ModelRecord) -> (String, String) {
    (record.name.clone(), record.version.clone())
}
