//! Many registrations, one transaction for every so many of them.

use std::num::NonZeroUsize;

use crate::bulk::LineError;
use crate::context::WriteContext;
use crate::error::{Error, InvalidValue, Result, ValueKind};
use crate::outcome::Registered;
use crate::registration::{Parent, Registration};
use crate::store::RegistryStore;

pub(crate) async fn register<S: RegistryStore + ?Sized>(
    store: &S,
    context: &WriteContext,
    registrations: Vec<Registration>,
    size: NonZeroUsize,
) -> Result<Vec<Registered>> {
    let total = registrations.len();
    parents_come_first(&registrations, size)?;
    // A chunk that is rehearsed leaves nothing behind that the next one could rest on.
    if context.dry_run {
        return store.register_many(&context.without_key(), registrations).await;
    }
    let mut replayed = true;
    let mut registered: Vec<Registered> = Vec::with_capacity(total);
    let mut rest = registrations.into_iter();
    loop {
        let done = registered.len();
        let mut chunk: Vec<Registration> = rest.by_ref().take(size.get()).collect();
        if chunk.is_empty() {
            context.set_replayed(replayed && total > 0);
            return Ok(registered);
        }
        for registration in &mut chunk {
            if let Some(Parent::Entry(place)) = registration.parent {
                registration.parent = Some(match registered.get(place) {
                    Some(parent) => Parent::Id(parent.model.id),
                    None => Parent::Entry(place.saturating_sub(done)),
                });
            }
        }
        let context = part(context, done / size);
        let more = store.register_many(&context, chunk).await;
        registered.extend(more.map_err(|error| stopped(error, done, total))?);
        replayed &= context.is_replayed();
    }
}

/// The context of a chunk: each is made once, under a key of its own.
fn part(context: &WriteContext, number: usize) -> WriteContext {
    let part = context.without_key();
    match context.key() {
        Some(key) => part.idempotency_key(key.part(number)),
        None => part,
    }
}

/// Refuses what names a parent in a chunk that comes later, before anything is written.
fn parents_come_first(registrations: &[Registration], size: NonZeroUsize) -> Result<()> {
    let chunk = |place: usize| place / size;
    let failures: Vec<LineError> = registrations
        .iter()
        .enumerate()
        .filter(|(place, registration)| {
            matches!(registration.parent, Some(Parent::Entry(parent)) if chunk(parent) > chunk(*place))
        })
        .map(|(place, registration)| {
            let problem = "its parent comes later, in another chunk: put parents first";
            let error = InvalidValue::new(ValueKind::Registration, registration.name.as_str(), problem);
            LineError::new(place + 1, error)
        })
        .collect();
    if failures.is_empty() {
        return Ok(());
    }
    let total = registrations.len();
    Err(Error::Bulk { failures, total })
}

/// The error of a chunk, when so many are registered already.
fn stopped(error: Error, registered: usize, total: usize) -> Error {
    let source = match error {
        Error::Bulk { failures, .. } => {
            let failures = failures.into_iter().map(|failure| LineError {
                line: failure.line + registered,
                ..failure
            });
            let failures = failures.collect();
            Error::Bulk { failures, total }
        }
        other => other,
    };
    if registered == 0 {
        return source;
    }
    Error::BulkStopped {
        registered,
        total,
        source: Box::new(source),
    }
}
