//! What every write can be told.

use std::sync::{Arc, OnceLock};

use clap::Args;
use registry_core::{Actor, IdempotencyKey, InvalidValue, Reason, Timestamp, WriteContext};

use super::ModelArgument;
use crate::actor::system_user;

/// Who writes, why, and whether it is only a rehearsal.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Write options")]
pub(crate) struct WriteOptions {
    /// Who does it [default: the system's user]
    #[arg(long, env = "REGISTRY_ACTOR", hide_env_values = true, value_name = "NAME")]
    actor: Option<Actor>,
    /// Why; kept in the history
    #[arg(long, value_name = "TEXT")]
    reason: Option<Reason>,
    /// Sent again with the same key, the same request is not made again but answered as it was; for seven days
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<IdempotencyKey>,
    /// Show what would change and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// The context of the write, which hears what becomes of it.
    #[arg(skip)]
    used: Arc<OnceLock<WriteContext>>,
}

impl WriteOptions {
    /// The context of the write, at this moment.
    ///
    /// # Errors
    /// See [`system_user`].
    pub(crate) fn context(&self) -> Result<WriteContext, InvalidValue> {
        let actor = self.actor.clone().map_or_else(system_user, Ok)?;
        let mut context = WriteContext::new(actor, Timestamp::now()).dry_run(self.dry_run);
        context.reason.clone_from(&self.reason);
        if let Some(key) = &self.idempotency_key {
            context = context.idempotency_key(key.clone());
        }
        Ok(self.used.get_or_init(|| context).clone())
    }

    /// Whether the write was made before, under its key.
    pub(crate) fn is_replayed(&self) -> bool {
        self.used.get().is_some_and(WriteContext::is_replayed)
    }
}

/// `retire` and `restore`.
#[derive(Debug, Args)]
pub(crate) struct StatusChange {
    #[command(flatten)]
    pub(crate) model: ModelArgument,
    #[command(flatten)]
    pub(crate) write: WriteOptions,
}
