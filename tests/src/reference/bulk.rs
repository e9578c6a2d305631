//! Registration of many, all or none.

use registry_core::{
    Error, InvalidValue, LineError, Parent, Registered, Registration, Result, ValueKind, VersionChoice,
};

use super::state::Write;

impl Write<'_> {
    pub(super) fn register_many(&mut self, registrations: &[Registration]) -> Result<Vec<Registered>> {
        let known_before = self.last_id;
        let mut failures: Vec<LineError> = Vec::new();
        let mut answers: Vec<Option<Registered>> = registrations.iter().map(|_| None).collect();
        for place in order(registrations) {
            let registration = registrations[place].clone();
            let name = registration.name.clone();
            let refuse = |problem| InvalidValue::new(ValueKind::Registration, name.as_str(), problem).into();
            let parent = match registration.parent {
                Some(Parent::Entry(parent)) => match answers.get(parent).and_then(Option::as_ref) {
                    Some(parent) => Ok(Some(Parent::Id(parent.model.id))),
                    None => Err("its parent in the same request was refused or is missing"),
                },
                parent => Ok(parent),
            };
            let answer = match parent {
                _ if descends_from_itself(registrations, place) => Err(refuse("it descends from itself")),
                Err(problem) => Err(refuse(problem)),
                Ok(parent) => self.register(Registration {
                    parent,
                    ..registration
                }),
            };
            match answer {
                Ok(registered) => answers[place] = Some(registered),
                Err(error) => failures.push(LineError::new(place + 1, within_request(error, known_before))),
            }
        }
        if failures.is_empty() {
            return Ok(answers.into_iter().flatten().collect());
        }
        failures.sort_by_key(|failure| failure.line);
        Err(Error::Bulk {
            failures,
            total: registrations.len(),
        })
    }
}

/// The entry that an entry names as its parent.
fn parent_entry(registrations: &[Registration], place: usize) -> Option<usize> {
    match registrations[place].parent.as_ref()? {
        Parent::Id(_) => None,
        Parent::Entry(parent) => (*parent < registrations.len()).then_some(*parent),
        Parent::Version(name, version) => registrations
            .iter()
            .position(|entry| entry.name == *name && entry.version == VersionChoice::Exact(version.clone())),
    }
}

/// The entry, its parent in the request, that one's parent... each once.
fn chain(registrations: &[Registration], place: usize) -> Vec<usize> {
    let mut chain = vec![place];
    let mut next = parent_entry(registrations, place);
    while let Some(parent) = next.filter(|parent| !chain.contains(parent)) {
        chain.push(parent);
        next = parent_entry(registrations, parent);
    }
    chain
}

fn descends_from_itself(registrations: &[Registration], place: usize) -> bool {
    let chain = chain(registrations, place);
    let oldest = chain.last().copied().unwrap_or(place);
    parent_entry(registrations, oldest) == Some(place)
}

/// The order given, but every parent before its children.
fn order(registrations: &[Registration]) -> Vec<usize> {
    let mut order = Vec::new();
    for place in 0..registrations.len() {
        for member in chain(registrations, place).into_iter().rev() {
            if !order.contains(&member) {
                order.push(member);
            }
        }
    }
    order
}

/// A model that the same request would have made has no id that anyone could look up.
fn within_request(error: Error, known_before: i64) -> Error {
    match error {
        Error::ModelExists {
            name,
            version,
            holder,
        } => Error::ModelExists {
            name,
            version,
            holder: holder.filter(|holder| holder.id.get() <= known_before),
        },
        other => other,
    }
}
