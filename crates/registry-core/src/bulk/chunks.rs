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
    if context.dry_run {
        return rehearse(store, context, registrations, size).await;
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
        adopt_parents(&mut chunk, &registered);
        let part = part(context, done / size);
        let more = store.register_many(&part, chunk).await;
        registered.extend(more.map_err(|error| stopped(error, context, done, total))?);
        replayed &= part.is_replayed();
    }
}

/// A chunk that is rehearsed leaves nothing behind that the next one could rest on. So what an earlier request under the
/// key has registered is answered chunk by chunk, and the rest is rehearsed together.
async fn rehearse<S: RegistryStore + ?Sized>(
    store: &S,
    context: &WriteContext,
    registrations: Vec<Registration>,
    size: NonZeroUsize,
) -> Result<Vec<Registered>> {
    let total = registrations.len();
    let mut registered: Vec<Registered> = Vec::with_capacity(total);
    let mut rest = registrations;
    while context.key().is_some() && !rest.is_empty() {
        let done = registered.len();
        let mut chunk = rest[..size.get().min(rest.len())].to_vec();
        adopt_parents(&mut chunk, &registered);
        let part = part(context, done / size);
        match store.register_many(&part, chunk).await {
            Ok(more) if part.is_replayed() => {
                rest.drain(..more.len().min(rest.len()));
                registered.extend(more);
            }
            Err(error @ Error::IdempotencyKeyReused { .. }) => {
                return Err(stopped(error, context, done, total));
            }
            // It was not made under the key. What is wrong with it is said of all that are left.
            _ => break,
        }
    }
    context.set_replayed(rest.is_empty() && total > 0);
    if !rest.is_empty() || total == 0 {
        let done = registered.len();
        adopt_parents(&mut rest, &registered);
        let more = store.register_many(&context.without_key(), rest).await;
        registered.extend(more.map_err(|error| stopped(error, context, done, total))?);
    }
    Ok(registered)
}

/// Has entries that follow those that are registered name their parents by id, or by their place among themselves.
fn adopt_parents(entries: &mut [Registration], registered: &[Registered]) {
    for registration in entries {
        if let Some(Parent::Entry(place)) = registration.parent {
            registration.parent = Some(match registered.get(place) {
                Some(parent) => Parent::Id(parent.model.id),
                None => Parent::Entry(place.saturating_sub(registered.len())),
            });
        }
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

/// The error of a chunk, when so many are registered already. It speaks of the key that was given, not of the chunk's.
fn stopped(error: Error, context: &WriteContext, registered: usize, total: usize) -> Error {
    let source = match error {
        Error::IdempotencyKeyReused { key, at } => Error::IdempotencyKeyReused {
            key: context.key().cloned().unwrap_or(key),
            at,
        },
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
