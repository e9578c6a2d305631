//! Who writes, when and why.

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
}

impl WriteContext {
    /// A write by this actor at this moment.
    pub fn new(actor: Actor, at: Timestamp) -> Self {
        Self {
            actor,
            at,
            reason: None,
            dry_run: false,
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
}
