//! Registration of one model and of many.

use std::collections::{HashMap, HashSet};

use super::Backend;
use super::sequence::{apply, broken, load_promoted_holder};
use super::store::load_parent;
use crate::bulk::LineError;
use crate::context::WriteContext;
use crate::error::{Error, InvalidValue, Result, ValueKind};
use crate::identifier::ModelRef;
use crate::outcome::{Registered, TagHolder};
use crate::registration::{Parent, Registration, VersionChoice};
use crate::rules::{self, RegisterState};
use crate::text::ModelName;
use crate::version::Version;

/// Loads, decides and applies one registration; the caller commits.
pub(super) async fn register_one<B: Backend>(
    backend: &B,
    tx: &mut B::Tx,
    context: &WriteContext,
    registration: Registration,
) -> Result<Registered> {
    let name = backend.load_name(tx, &registration.name).await?;
    let highest = name.highest_version.as_deref().map(Version::parse).transpose()?;
    let version = rules::chosen_version(&registration.version, highest.as_ref())?;
    let existing = backend.load_version(tx, &registration.name, &version).await?;
    let parent = match &registration.parent {
        None => None,
        Some(Parent::Id(id)) => Some(load_parent(backend, tx, *id).await?),
        Some(Parent::Version(name, version)) => Some(load_parent_version(backend, tx, name, version).await?),
        Some(Parent::Entry(place)) => {
            return Err(Error::ParentNotFound {
                wanted: format!("entry {} of the request", place + 1),
            });
        }
    };
    let mut promoted_holders = Vec::new();
    let mut seen = HashSet::new();
    for tag in registration.tags.iter().filter(|tag| seen.insert(*tag)) {
        let promoted = load_promoted_holder(backend, tx, tag, None).await?;
        promoted_holders.extend(promoted.map(|holder| TagHolder {
            tag: tag.clone(),
            model: holder.model,
        }));
    }
    let state = RegisterState {
        id: backend.next_model_id(tx).await?.try_into()?,
        last_ordinal: u64::try_from(name.last_ordinal).map_err(|_| broken("a negative ordinal"))?,
        existing: existing.map(TryInto::try_into).transpose()?,
        parent,
        promoted_holders,
    };
    apply(
        backend,
        tx,
        context,
        rules::register(state, registration, version, context)?,
    )
    .await
}

async fn load_parent_version<B: Backend>(
    backend: &B,
    tx: &mut B::Tx,
    name: &ModelName,
    version: &Version,
) -> Result<ModelRef> {
    match backend.load_version(tx, name, version).await? {
        Some(record) => record.try_into(),
        None => Err(Error::ParentNotFound {
            wanted: format!("{name}@{version}"),
        }),
    }
}

/// Registers every entry, parents before children; the caller commits. With any refusal the answer is the list of
/// all refusals, and the caller's transaction is dropped.
pub(super) async fn register_all<B: Backend>(
    backend: &B,
    tx: &mut B::Tx,
    context: &WriteContext,
    registrations: Vec<Registration>,
) -> Result<Vec<Registered>> {
    let total = registrations.len();
    let (order, mut failures) = parents_first(&registrations);
    let mut entries: Vec<Option<Registration>> = registrations.into_iter().map(Some).collect();
    let mut answers: Vec<Option<Registered>> = (0..total).map(|_| None).collect();
    for place in order {
        let Some(mut registration) = entries.get_mut(place).and_then(Option::take) else {
            continue;
        };
        if let Some(Parent::Entry(parent)) = registration.parent {
            let Some(parent) = answers
                .get(parent)
                .and_then(Option::as_ref)
                .map(|parent| parent.model.id)
            else {
                let problem = "its parent in the same request was refused or is missing";
                let error = InvalidValue::new(ValueKind::Registration, registration.name.as_str(), problem);
                failures.push(LineError::new(place + 1, error));
                continue;
            };
            registration.parent = Some(Parent::Id(parent));
        }
        match register_one(backend, tx, context, registration).await {
            Ok(registered) => answers[place] = Some(registered),
            // A failing disk is no fault of the entry: stop at once.
            Err(error) if error.category() == crate::Category::Failure => return Err(error),
            Err(error) => failures.push(LineError::new(place + 1, outside(error, &answers))),
        }
    }
    if !failures.is_empty() {
        failures.sort_by_key(|failure| failure.line);
        return Err(Error::Bulk { failures, total });
    }
    answers
        .into_iter()
        .map(|answer| answer.ok_or_else(|| broken("an entry without an answer")))
        .collect()
}

/// A model of the same request has no id that anyone could look up, since none of the request is kept.
fn outside(error: Error, answers: &[Option<Registered>]) -> Error {
    match error {
        Error::ModelExists {
            name,
            version,
            holder,
        } => {
            let of_request = |id| answers.iter().flatten().any(|answer| answer.model.id == id);
            Error::ModelExists {
                name,
                version,
                holder: holder.filter(|holder| !of_request(holder.id)),
            }
        }
        other => other,
    }
}

/// The places of the entries with every parent before its children, else in the order given, and the refusals of
/// entries that descend from themselves; those have no place in the order.
fn parents_first(registrations: &[Registration]) -> (Vec<usize>, Vec<LineError>) {
    let mut by_version: HashMap<(&ModelName, &Version), usize> = HashMap::new();
    for (place, registration) in registrations.iter().enumerate() {
        if let VersionChoice::Exact(version) = &registration.version {
            by_version.entry((&registration.name, version)).or_insert(place);
        }
    }
    let parent_of = |place: usize| match registrations.get(place)?.parent.as_ref()? {
        Parent::Id(_) => None,
        Parent::Version(name, version) => by_version.get(&(name, version)).copied(),
        Parent::Entry(parent) => Some(*parent).filter(|parent| *parent < registrations.len()),
    };
    let mut order = Vec::with_capacity(registrations.len());
    let mut placed = HashSet::new();
    let mut failures = Vec::new();
    for start in 0..registrations.len() {
        let mut chain = Vec::new();
        let mut next = Some(start);
        while let Some(place) = next.filter(|place| placed.insert(*place)) {
            chain.push(place);
            next = parent_of(place);
        }
        // A chain that ends in itself: from there on every member descends from itself.
        let cycle = next.and_then(|end| chain.iter().position(|place| *place == end));
        for place in chain.split_off(cycle.unwrap_or(chain.len())) {
            let entry = registrations
                .get(place)
                .map_or("", |registration| registration.name.as_str());
            let error = InvalidValue::new(ValueKind::Registration, entry, "it descends from itself");
            failures.push(LineError::new(place + 1, error));
        }
        order.extend(chain.into_iter().rev());
    }
    (order, failures)
}
