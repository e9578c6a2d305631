//! Answers under idempotency keys.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;

use registry_core::{Actor, Error, IdempotencyKey, Result, Timestamp, WriteContext};

const SEVEN_DAYS: i64 = 7 * 24 * 3600 * 1_000_000;

/// A request under a key.
pub(super) struct Asked {
    by: (Actor, IdempotencyKey),
    request: String,
    at: Timestamp,
}

impl Asked {
    pub(super) fn new(context: &WriteContext, request: &dyn Debug) -> Option<Self> {
        Some(Self {
            by: (context.actor.clone(), context.key()?.clone()),
            request: format!("{:?} {:?} {request:?}", context.reason, context.expected()),
            at: context.at,
        })
    }
}

/// What was answered under each key of each actor.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept(BTreeMap<(Actor, IdempotencyKey), Known>);

#[derive(Debug, Clone)]
struct Known {
    request: String,
    answer: Arc<dyn Any + Send + Sync>,
    at: Timestamp,
}

impl Kept {
    /// The answer to this request; an error when the key was used for another.
    pub(super) fn find<T: Clone + 'static>(&self, asked: &Asked) -> Result<Option<T>> {
        let Some(kept) = self.0.get(&asked.by) else {
            return Ok(None);
        };
        if kept.at.as_micros() < asked.at.as_micros() - SEVEN_DAYS {
            return Ok(None);
        }
        match kept.answer.downcast_ref::<T>() {
            Some(answer) if kept.request == asked.request => Ok(Some(answer.clone())),
            _ => Err(Error::IdempotencyKeyReused {
                key: asked.by.1.clone(),
                at: kept.at,
            }),
        }
    }

    pub(super) fn keep<T: Clone + Send + Sync + 'static>(&mut self, asked: Asked, answer: &T) {
        let kept = Known {
            request: asked.request,
            answer: Arc::new(answer.clone()),
            at: asked.at,
        };
        self.0.insert(asked.by, kept);
    }
}
