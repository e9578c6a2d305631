//! In which order the entries of a bulk request are registered.

use std::collections::{HashMap, HashSet};

use crate::bulk::LineError;
use crate::error::{InvalidValue, ValueKind};
use crate::registration::{Parent, Registration, VersionChoice};
use crate::text::ModelName;
use crate::version::Version;

/// The places of the entries with every parent before its children, else in the order given, and the refusals of
/// entries that descend from themselves; those have no place in the order.
pub(super) fn parents_first(registrations: &[Registration]) -> (Vec<usize>, Vec<LineError>) {
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
