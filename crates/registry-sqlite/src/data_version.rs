//! Whether anybody has committed to the file since it was asked before: SQLite's `data_version`, which one connection
//! tells that answers no other question and so always sees the newest commit.
//!
//! Those who ask while an answer is on its way wait for the next one, together: however many ask, the file is asked by
//! one at a time. An answer counts for who came before it was asked for, so a commit that was acknowledged before the
//! question is seen.
//!
//! A file that is read as one that does not change (`connect`) is never looked at again, so nothing can be told of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use registry_core::DataVersion;
use sqlx::{Connection as _, SqliteConnection, SqliteExecutor};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::readers::Readers;

/// Who asks the file. Cheap to clone; clones share the connection, which is opened when it is needed.
#[derive(Debug, Clone)]
pub(crate) struct Witness(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// How the connection is made.
    like: Readers,
    /// Counts questions: those that were come with, and those that went to the file.
    clock: AtomicU64,
    state: Arc<Mutex<State>>,
    closed: AtomicBool,
}

/// How long who asks waits for others. Who can't be told soon had better read.
const PATIENCE: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
struct State {
    /// Not there while it is asked: one that is lost with its runtime is never asked again.
    connection: Option<SqliteConnection>,
    /// Which of the store's connections it is.
    number: u64,
    last: Option<Answer>,
}

#[derive(Debug, Clone, Copy)]
struct Answer {
    /// When it was asked for, by the clock.
    asked: u64,
    version: DataVersion,
}

impl Witness {
    pub(crate) fn new(like: &Readers) -> Self {
        Self(Arc::new(Shared {
            like: like.clone(),
            clock: AtomicU64::new(0),
            state: Arc::default(),
            closed: AtomicBool::new(false),
        }))
    }

    /// What the file says now; `None` where it is taken for one that does not change.
    pub(crate) async fn data_version(&self) -> sqlx::Result<Option<DataVersion>> {
        if self.0.like.is_immutable() {
            return Ok(None);
        }
        let came = self.0.tick();
        let state = self.0.state().await?;
        if self.0.closed.load(Ordering::SeqCst) {
            return Err(sqlx::Error::PoolClosed);
        }
        if let Some(answer) = state.last
            && answer.asked > came
        {
            return Ok(Some(answer.version));
        }
        let shared = Arc::clone(&self.0);
        // In a task of its own: who asks may go away in the middle of it.
        let asked = tokio::spawn(async move {
            let mut state = state;
            let asked = shared.tick();
            let mut connection = if let Some(connection) = state.connection.take() {
                connection
            } else {
                state.number += 1;
                shared.like.connect().await?
            };
            let version = DataVersion::new(state.number, version(&mut connection).await?);
            state.connection = Some(connection);
            state.last = Some(Answer { asked, version });
            Ok(Some(version))
        });
        // It can only have ended with its runtime, and this one with it.
        asked.await.map_err(|_| sqlx::Error::WorkerCrashed)?
    }

    /// Closes its connection, for good.
    pub(crate) async fn close(&self) {
        self.0.closed.store(true, Ordering::SeqCst);
        let Ok(mut state) = self.0.state().await else {
            return;
        };
        if let Some(connection) = state.connection.take() {
            // What is wrong with a connection that only read matters to nobody any more.
            let _ = connection.close().await;
        }
    }
}

impl Shared {
    async fn state(&self) -> sqlx::Result<OwnedMutexGuard<State>> {
        let state = Arc::clone(&self.state);
        match Arc::clone(&state).try_lock_owned() {
            Ok(state) => Ok(state),
            Err(_) => tokio::time::timeout(PATIENCE, state.lock_owned())
                .await
                .map_err(|_| sqlx::Error::PoolTimedOut),
        }
    }

    fn tick(&self) -> u64 {
        self.clock.fetch_add(1, Ordering::SeqCst)
    }
}

/// A number that is another when another connection has committed; only comparable on the same connection.
pub(crate) async fn version(connection: impl SqliteExecutor<'_>) -> sqlx::Result<i64> {
    sqlx::query_scalar("PRAGMA data_version")
        .fetch_one(connection)
        .await
}

#[cfg(test)]
mod tests;
