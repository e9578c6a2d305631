//! Registration of one model and of many: one load, all decisions, then the writes.

mod ledger;
mod order;

use super::Backend;
use super::sequence::{broken, numbered};

use crate::bulk::LineError;
use crate::context::WriteContext;
use crate::error::{Error, InvalidValue, Result, ValueKind};
use crate::outcome::Registered;
use crate::registration::{Parent, Registration};
use crate::rules::Decision;

use ledger::Ledger;
use order::parents_first;

/// How many changes are handed to the backend at once: enough to make round trips cheap, few enough to hold twice.
const CHANGES_AT_ONCE: usize = 2048;

/// Loads, decides and applies one registration; the caller commits.
pub(super) async fn register_one<B: Backend>(
    backend: &B,
    tx: &mut B::Tx,
    context: &WriteContext,
    registration: Registration,
) -> Result<Registered> {
    let (mut ledger, mut event_ids) = ledger::load(backend, tx, std::slice::from_ref(&registration)).await?;
    let decision = ledger.decide(registration, context)?;
    let (changes, registered) = numbered(decision, &mut event_ids, context)?;
    backend.apply(tx, &changes).await?;
    Ok(registered)
}

/// Registers every entry, parents before children; the caller commits. With any refusal the answer is the list of
/// all refusals, and the caller's transaction is dropped.
pub(super) async fn register_all<B: Backend>(
    backend: &B,
    tx: &mut B::Tx,
    context: &WriteContext,
    registrations: Vec<Registration>,
) -> Result<Vec<Registered>> {
    if registrations.is_empty() {
        return Ok(Vec::new());
    }
    let (ledger, mut event_ids) = ledger::load(backend, tx, &registrations).await?;
    let decided = decide_all(ledger, context, registrations)?;
    let mut answers: Vec<Option<Registered>> = decided.iter().map(|_| None).collect();
    let mut changes = Vec::new();
    for (place, decision) in decided {
        let (more, registered) = numbered(decision, &mut event_ids, context)?;
        changes.extend(more);
        if let Some(answer) = answers.get_mut(place) {
            *answer = Some(registered);
        }
        if changes.len() >= CHANGES_AT_ONCE {
            backend.apply(tx, &std::mem::take(&mut changes)).await?;
        }
    }
    backend.apply(tx, &changes).await?;
    let answers = answers.into_iter();
    answers
        .map(|answer| answer.ok_or_else(|| broken("an entry without an answer")))
        .collect()
}

/// A decision for every entry with its place, parents before children; or all refusals.
fn decide_all(
    mut ledger: Ledger,
    context: &WriteContext,
    registrations: Vec<Registration>,
) -> Result<Vec<(usize, Decision<Registered>)>> {
    let total = registrations.len();
    let (order, mut failures) = parents_first(&registrations);
    let mut entries: Vec<Option<Registration>> = registrations.into_iter().map(Some).collect();
    let mut ids = vec![None; total];
    let mut decided = Vec::with_capacity(total);
    for place in order {
        let Some(mut registration) = entries.get_mut(place).and_then(Option::take) else {
            continue;
        };
        if let Some(Parent::Entry(parent)) = registration.parent {
            let Some(parent) = ids.get(parent).copied().flatten() else {
                let problem = "its parent in the same request was refused or is missing";
                let error = InvalidValue::new(ValueKind::Registration, registration.name.as_str(), problem);
                failures.push(LineError::new(place + 1, error));
                continue;
            };
            registration.parent = Some(Parent::Id(parent));
        }
        match ledger.decide(registration, context) {
            Ok(decision) => {
                ids[place] = Some(decision.outcome.model.id);
                decided.push((place, decision));
            }
            // A bad stored value is no fault of the entry: stop at once.
            Err(error) if error.category() == crate::Category::Failure => return Err(error),
            Err(error) => failures.push(LineError::new(place + 1, ledger.outside(error))),
        }
    }
    if failures.is_empty() {
        return Ok(decided);
    }
    failures.sort_by_key(|failure| failure.line);
    Err(Error::Bulk { failures, total })
}
