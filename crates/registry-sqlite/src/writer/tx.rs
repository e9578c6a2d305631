//! One write: its statements, and how it ends.

use std::sync::Arc;

use sqlx::SqliteConnection;

use super::SharedError;
use super::turn::{Outcome, Turn};

/// A write under way, alone in its transaction or together with others. Dropped, it leaves nothing.
#[derive(Debug)]
pub struct Tx {
    turn: Turn,
}

impl Tx {
    pub(super) fn new(turn: Turn) -> Self {
        Self { turn }
    }

    /// Where its statements go. After a failure there is none: SQLite may have ended the transaction by itself, and
    /// what came next would be durable alone.
    pub(crate) fn connection(&mut self) -> Result<&mut SqliteConnection, SharedError> {
        if let Some(failure) = &self.turn.failure {
            return Err(Arc::clone(failure));
        }
        self.turn.connection().map_err(Arc::new)
    }

    /// Remembers that a statement failed; it can't be committed any more.
    pub(crate) fn fail(&mut self, error: sqlx::Error) -> SharedError {
        Arc::clone(self.turn.failure.insert(Arc::new(error)))
    }

    /// Answers when its work is durable.
    pub(crate) async fn commit(self) -> Outcome {
        match self.turn.failure.clone() {
            None => self.turn.commit().await,
            Some(failure) => self.turn.rollback().await.and(Err(failure)),
        }
    }

    /// Undoes its work. Answers when the work of others that it may have seen is durable.
    pub(crate) async fn rollback(self) -> Outcome {
        self.turn.rollback().await
    }
}
