//! Waking up those who follow the events.
//!
//! The word goes out behind a commit and not with it: PostgreSQL has all commits that notify wait for each other, and
//! with them the writes would. It is only a hint; one that is lost costs a follower a moment
//! ([`watch`](crate::watch)).

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::{Connection, PgConnection};

use crate::connections::Connections;
use crate::transaction;

/// Commits that come in this time share a word.
const INTERVAL: Duration = Duration::from_millis(20);

/// Tells others that something was committed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bell {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    /// Everybody has been told.
    #[default]
    Silent,
    /// A task is telling it.
    Ringing,
    /// There was another commit meanwhile.
    Again,
}

impl Bell {
    /// Has it told soon, by a task of its own.
    pub(crate) fn ring(&self, connections: &Connections) {
        if self.exchange(|state| match state {
            State::Silent => State::Ringing,
            State::Ringing | State::Again => State::Again,
        }) == State::Silent
        {
            tokio::spawn(Ringing(self.clone()).run(connections.clone()));
        }
    }

    /// Tells what is not told yet, or perhaps not.
    pub(crate) async fn finish(&self, connections: &Connections) {
        if self.exchange(|_| State::Silent) != State::Silent {
            // Only a hint.
            let _ = notify(connections).await;
        }
    }

    /// Changes the state and returns what it was.
    fn exchange(&self, change: impl FnOnce(State) -> State) -> State {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let before = *state;
        *state = change(before);
        before
    }
}

/// A bell while it rings; should the task be dropped, with its runtime, the next commit rings anew.
struct Ringing(Bell);

impl Ringing {
    async fn run(self, connections: Connections) {
        loop {
            // Only a hint.
            let _ = notify(&connections).await;
            tokio::time::sleep(INTERVAL).await;
            if self.0.exchange(|state| match state {
                State::Again => State::Ringing,
                State::Silent | State::Ringing => State::Silent,
            }) != State::Again
            {
                return;
            }
        }
    }
}

impl Drop for Ringing {
    fn drop(&mut self) {
        self.0.exchange(|_| State::Silent);
    }
}

async fn notify(connections: &Connections) -> sqlx::Result<()> {
    let question = async |connection: &mut PgConnection| {
        sqlx::query_file!("queries/watch/notify.sql")
            .execute(&mut *connection)
            .await?;
        if connection.is_in_transaction() {
            transaction::commit(connection).await?;
        }
        Ok(())
    };
    connections.ask(2, question).await
}
