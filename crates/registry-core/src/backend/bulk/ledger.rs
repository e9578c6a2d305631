//! What is registered as far as a request needs to know: as loaded, and as decided since.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::backend::sequence::{broken, enough};
use crate::backend::{Backend, RegistrationKeys};
use crate::context::WriteContext;
use crate::error::{Error, Result};
use crate::identifier::{ModelId, ModelRef};
use crate::outcome::{Registered, TagHolder};
use crate::record::{NameRecord, RegistrationRecords};
use crate::registration::{Parent, Registration, VersionChoice};
use crate::rules::{self, Decision, Holder, RegisterState};
use crate::text::{ModelName, TagName};
use crate::version::Version;

/// Loads what the registrations are decided on, and numbers for their events.
pub(super) async fn load<B: Backend>(
    backend: &B,
    tx: &mut B::Tx,
    registrations: &[Registration],
) -> Result<(Ledger, std::vec::IntoIter<i64>)> {
    let keys = keys(registrations);
    let mut records = backend.load_registrations(tx, &keys).await?;
    enough(records.model_ids.len(), keys.new_models, "models")?;
    enough(records.event_ids.len(), keys.new_events, "events")?;
    let event_ids = std::mem::take(&mut records.event_ids).into_iter();
    Ok((Ledger::try_from(records)?, event_ids))
}

fn keys(registrations: &[Registration]) -> RegistrationKeys {
    let mut names = BTreeSet::new();
    let mut versions = BTreeSet::new();
    let mut models = BTreeSet::new();
    let mut tags = BTreeSet::new();
    let mut new_events = 0;
    for registration in registrations {
        names.insert(&registration.name);
        if let VersionChoice::Exact(version) = &registration.version {
            versions.insert((&registration.name, version));
        }
        match &registration.parent {
            None | Some(Parent::Entry(_)) => {}
            Some(Parent::Id(id)) => {
                models.insert(*id);
            }
            Some(Parent::Version(name, version)) => {
                versions.insert((name, version));
            }
        }
        tags.extend(&registration.tags);
        new_events += rules::events_of_registration(registration);
    }
    let versions = versions.into_iter();
    RegistrationKeys {
        names: names.into_iter().cloned().collect(),
        versions: versions
            .map(|(name, version)| (name.clone(), version.clone()))
            .collect(),
        models: models.into_iter().collect(),
        tags: tags.into_iter().cloned().collect(),
        new_models: registrations.len(),
        new_events,
    }
}

/// The state of every name, version, model and tag that the request speaks of.
pub(super) struct Ledger {
    new_ids: std::vec::IntoIter<i64>,
    /// The ids that this request has given away.
    given: HashSet<ModelId>,
    names: HashMap<ModelName, Name>,
    by_id: HashMap<ModelId, ModelRef>,
    promoted: HashMap<TagName, ModelRef>,
}

#[derive(Default)]
struct Name {
    last_ordinal: u64,
    highest: Option<Version>,
    /// Those that matter to the request.
    versions: HashMap<Version, ModelRef>,
}

impl Ledger {
    /// Decides a registration and takes note of its model.
    pub(super) fn decide(
        &mut self,
        registration: Registration,
        context: &WriteContext,
    ) -> Result<Decision<Registered>> {
        let name = self
            .names
            .get(&registration.name)
            .ok_or_else(|| broken("a name that was not loaded"))?;
        let version = rules::chosen_version(&registration.version, name.highest.as_ref())?;
        let next = self.new_ids.as_slice().first();
        let next = *next.ok_or_else(|| broken("a model without an id"))?;
        let state = RegisterState {
            id: next.try_into()?,
            last_ordinal: name.last_ordinal,
            existing: name.versions.get(&version).cloned(),
            parent: self.parent(registration.parent.as_ref())?,
            promoted_holders: self.promoted_holders(&registration.tags),
        };
        let decision = rules::register(state, registration, version, context)?;
        self.new_ids.next();
        self.note(&decision.outcome);
        Ok(decision)
    }

    /// The error as it is said when none of the request is kept: a model of the same request has no id that anyone
    /// could look up.
    pub(super) fn outside(&self, error: Error) -> Error {
        match error {
            Error::ModelExists {
                name,
                version,
                holder,
            } => Error::ModelExists {
                name,
                version,
                holder: holder.filter(|holder| !self.given.contains(&holder.id)),
            },
            other => other,
        }
    }

    fn parent(&self, parent: Option<&Parent>) -> Result<Option<ModelRef>> {
        let (found, wanted) = match parent {
            None => return Ok(None),
            Some(Parent::Id(id)) => (self.by_id.get(id), id.to_string()),
            Some(Parent::Version(name, version)) => (
                self.names.get(name).and_then(|name| name.versions.get(version)),
                format!("{name}@{version}"),
            ),
            Some(Parent::Entry(place)) => (None, format!("entry {} of the request", place + 1)),
        };
        match found {
            Some(parent) => Ok(Some(parent.clone())),
            None => Err(Error::ParentNotFound { wanted }),
        }
    }

    fn promoted_holders(&self, tags: &[TagName]) -> Vec<TagHolder> {
        let mut seen = HashSet::new();
        let tags = tags.iter().filter(|tag| seen.insert(*tag));
        tags.filter_map(|tag| {
            Some(TagHolder {
                tag: tag.clone(),
                model: self.promoted.get(tag)?.clone(),
            })
        })
        .collect()
    }

    fn note(&mut self, registered: &Registered) {
        let model = &registered.model;
        let name = self.names.entry(model.name.clone()).or_default();
        name.last_ordinal = model.ordinal;
        if name
            .highest
            .as_ref()
            .is_none_or(|highest| *highest < model.version)
        {
            name.highest = Some(model.version.clone());
        }
        self.given.insert(model.id);
        self.refer(model.reference());
    }

    fn refer(&mut self, model: ModelRef) {
        let name = self.names.entry(model.name.clone()).or_default();
        name.versions.insert(model.version.clone(), model.clone());
        self.by_id.insert(model.id, model);
    }
}

impl TryFrom<RegistrationRecords> for Ledger {
    type Error = Error;

    fn try_from(records: RegistrationRecords) -> Result<Self> {
        let mut ledger = Self {
            new_ids: records.model_ids.into_iter(),
            given: HashSet::new(),
            names: HashMap::new(),
            by_id: HashMap::new(),
            promoted: HashMap::new(),
        };
        for record in records.names {
            let (name, known) = name(record)?;
            ledger.names.insert(name, known);
        }
        for record in records.models {
            ledger.refer(record.try_into()?);
        }
        for record in records.promoted {
            let holder = Holder::try_from(record.holder)?;
            ledger.promoted.insert(record.tag.parse()?, holder.model);
        }
        Ok(ledger)
    }
}

fn name(record: NameRecord) -> Result<(ModelName, Name)> {
    let NameRecord {
        name,
        last_ordinal,
        highest_version,
    } = record;
    let highest = highest_version.map(|version| {
        Version::parse(&version).map_err(|problem| Error::StoredValue {
            row: format!("models of {name}"),
            field: "version",
            problem: problem.to_string(),
        })
    });
    let known = Name {
        last_ordinal: u64::try_from(last_ordinal).map_err(|_| broken("a negative ordinal"))?,
        highest: highest.transpose()?,
        versions: HashMap::new(),
    };
    Ok((name.parse()?, known))
}
