//! A write under an idempotency key: made once, and from then on answered as it was.
//!
//! What is kept is kept in the transaction of the write. Two that come at the same time with one key meet in the
//! backend: the second waits for the first and finds its answer, or breaks the key's uniqueness and is done again.

mod answer;
mod fingerprint;

use serde::Serialize;

pub(super) use answer::{Answer, WholeAnswer};
use answer::{bulk, registered};
use fingerprint::fingerprint;

use super::sequence::finish;
use super::{Backend, Change, KeptAnswer};
use crate::context::WriteContext;
use crate::error::{Error, Result};
use crate::idempotency::IdempotencyKey;
use crate::outcome::Registered;
use crate::record::AnswerRecord;
use crate::registration::Registration;
use crate::text::Actor;
use crate::timestamp::Timestamp;

type Read<'a, T> = Box<dyn Fn(&Kept<'_>) -> Result<T> + Send + Sync + 'a>;

/// A request under a key, and how an answer that was kept for it is read.
pub(super) struct Once<'a, T> {
    key: &'a IdempotencyKey,
    fingerprint: String,
    read: Read<'a, T>,
}

/// An answer as it was kept.
struct Kept<'a> {
    text: &'a str,
    at: Timestamp,
    actor: &'a Actor,
}

/// The request, where the context has a key.
pub(super) fn asked<'a, T: WholeAnswer>(
    context: &'a WriteContext,
    verb: &'static str,
    request: &impl Serialize,
) -> Result<Option<Once<'a, T>>> {
    once(context, verb, request, || Box::new(|kept| T::read(kept.text)))
}

/// The same for a registration, whose answer is made again from the request and what the registry added to it.
pub(super) fn asked_to_register<'a>(
    context: &'a WriteContext,
    registration: &Registration,
) -> Result<Option<Once<'a, Registered>>> {
    once(context, "register", registration, || {
        let registration = registration.clone();
        Box::new(move |kept| registered(kept, registration.clone()))
    })
}

/// The same for many.
pub(super) fn asked_to_register_many<'a>(
    context: &'a WriteContext,
    registrations: &[Registration],
) -> Result<Option<Once<'a, Vec<Registered>>>> {
    once(context, "register_many", &registrations, || {
        let registrations = registrations.to_vec();
        Box::new(move |kept| bulk(kept, &registrations))
    })
}

fn once<'a, T>(
    context: &'a WriteContext,
    verb: &'static str,
    request: &impl Serialize,
    read: impl FnOnce() -> Read<'a, T>,
) -> Result<Option<Once<'a, T>>> {
    let Some(key) = context.key() else {
        return Ok(None);
    };
    Ok(Some(Once {
        key,
        fingerprint: fingerprint(context, verb, request)?,
        read: read(),
    }))
}

/// One write in its transaction: what is asked for under a key that was used is answered as it was then.
pub(super) async fn write<B: Backend, T: Answer>(
    backend: &B,
    context: &WriteContext,
    once: Option<Once<'_, T>>,
    work: impl AsyncFnOnce(&mut B::Tx) -> Result<T>,
) -> Result<T> {
    let mut tx = backend.begin().await?;
    let Some(once) = once else {
        let outcome = work(&mut tx).await;
        return finish(backend, tx, context, outcome).await;
    };
    context.set_replayed(false);
    match once.look(backend, &mut tx, context).await {
        Ok(None) => {}
        Ok(Some(answer)) => {
            // The answer has no ground until whoever made the write is durable.
            backend.rollback(tx).await?;
            context.set_replayed(true);
            return Ok(answer);
        }
        Err(error) => return finish(backend, tx, context, Err(error)).await,
    }
    let mut outcome = work(&mut tx).await;
    if let Ok(answer) = &outcome
        && !context.dry_run
        && let Err(error) = once.keep(backend, &mut tx, context, answer).await
    {
        outcome = Err(error);
    }
    finish(backend, tx, context, outcome).await
}

impl<T: Answer> Once<'_, T> {
    /// The answer that is kept under the key, or the error that it is one to another request.
    async fn look<B: Backend>(
        &self,
        backend: &B,
        tx: &mut B::Tx,
        context: &WriteContext,
    ) -> Result<Option<T>> {
        let since = IdempotencyKey::kept_since(context.at);
        let Some(record) = backend.load_answer(tx, &context.actor, self.key, since).await? else {
            return Ok(None);
        };
        let AnswerRecord {
            fingerprint,
            answer,
            at,
        } = record;
        let at = Timestamp::from_micros(at).map_err(|error| bad("at", error))?;
        if fingerprint != self.fingerprint {
            return Err(Error::IdempotencyKeyReused {
                key: self.key.clone(),
                at,
            });
        }
        (self.read)(&Kept {
            text: &answer,
            at,
            actor: &context.actor,
        })
        .map(Some)
    }

    async fn keep<B: Backend>(
        &self,
        backend: &B,
        tx: &mut B::Tx,
        context: &WriteContext,
        answer: &T,
    ) -> Result<()> {
        let kept = KeptAnswer {
            actor: context.actor.clone(),
            key: self.key.clone(),
            fingerprint: self.fingerprint.clone(),
            answer: answer.text()?,
            at: context.at,
            kept_since: IdempotencyKey::kept_since(context.at),
        };
        backend.apply(tx, &[Change::KeepAnswer(Box::new(kept))]).await
    }
}

fn bad(field: &'static str, problem: impl std::fmt::Display) -> Error {
    Error::StoredValue {
        row: "idempotency_keys".into(),
        field,
        problem: problem.to_string(),
    }
}
