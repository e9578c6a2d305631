//! Who writes, when and why.

use crate::idempotency::{Idempotency, IdempotencyKey};
use crate::revision::Revision;
use crate::text::{Actor, Reason};
use crate::timestamp::Timestamp;

/// What every write carries: who does it, when, why, and whether it is only a rehearsal.
///
/// ```
/// use registry_core::{Actor, Timestamp, WriteContext};
///
/// let context = WriteContext::new(Actor::parse("alice")?, Timestamp::now());
/// let rehearsal = context.clone().dry_run(true);
/// # Ok::<(), registry_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteContext {
    /// Who does it.
    pub actor: Actor,
    /// When, as the events will say.
    pub at: Timestamp,
    /// Why, if they say so.
    pub reason: Option<Reason>,
    /// Decide and answer as usual, then change nothing.
    pub dry_run: bool,
    idempotency: Option<Idempotency>,
    expected: Option<Vec<Revision>>,
}

impl WriteContext {
    /// A write by this actor at this moment.
    pub fn new(actor: Actor, at: Timestamp) -> Self {
        Self {
            actor,
            at,
            reason: None,
            dry_run: false,
            idempotency: None,
            expected: None,
        }
    }

    /// With a reason.
    #[must_use]
    pub fn reason(mut self, reason: Reason) -> Self {
        self.reason = Some(reason);
        self
    }

    /// As a rehearsal, or not.
    #[must_use]
    pub fn dry_run(mut self, dry_run: bool) -> Self {
        self.dry_run = dry_run;
        self
    }

    /// Under a key: asked for again with the same key and the same request, the write is not made again but answered
    /// as it was then. The request is what the verb is given, the actor and the reason; the time is not.
    #[must_use]
    pub fn idempotency_key(mut self, key: IdempotencyKey) -> Self {
        self.idempotency = Some(Idempotency::new(key));
        self
    }

    /// Only if the model, or the webhook, that is written to has one of these revisions; it is compared in the write's
    /// own transaction. This holds for the verbs that change the one that they are given, and for a rollback, of which it
    /// is the model that loses the tag; others don't look at it. What was made under a key is answered as it was then,
    /// whatever the revision is now.
    #[must_use]
    pub fn expect(mut self, revisions: Vec<Revision>) -> Self {
        self.expected = Some(revisions);
        self
    }

    /// The revisions that are expected, where some are.
    pub fn expected(&self) -> Option<&[Revision]> {
        self.expected.as_deref()
    }

    /// The key, where there is one.
    pub fn key(&self) -> Option<&IdempotencyKey> {
        self.idempotency.as_ref().map(|idempotency| &idempotency.key)
    }

    /// After a write: whether its answer is that of an earlier one under the same key, so that nothing was written.
    pub fn is_replayed(&self) -> bool {
        self.idempotency.as_ref().is_some_and(Idempotency::is_replayed)
    }

    /// Notes whether the answer is that of an earlier write. Stores say so to their callers.
    pub fn set_replayed(&self, replayed: bool) {
        if let Some(idempotency) = &self.idempotency {
            idempotency.set_replayed(replayed);
        }
    }

    /// The same without a key.
    pub(crate) fn without_key(&self) -> Self {
        Self {
            idempotency: None,
            ..self.clone()
        }
    }
}
