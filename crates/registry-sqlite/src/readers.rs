//! The connections that read. sqlx's pool asks a connection after each use whether it still lives, which for a file is
//! two more ways to its thread and back, as long as a get itself; here a connection is put back as it is.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use registry_core::Pool;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio::sync::{OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

/// Connections of one file, opened when they are needed. Cheap to clone; clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Readers(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    options: SqliteConnectOptions,
    is_immutable: bool,
    most: u32,
    patience: Duration,
    /// A permit for each connection that may be in use.
    turns: Arc<Semaphore>,
    /// The last one used is used next: what it read is still at hand.
    resting: Mutex<Vec<Slot>>,
}

/// A connection, which only who took it out of those that rest locks.
type Slot = Arc<tokio::sync::Mutex<SqliteConnection>>;

/// A connection in use. Dropped in this order: it is unlocked, then put back.
#[derive(Debug)]
pub(crate) struct Reader {
    connection: OwnedMutexGuard<SqliteConnection>,
    _back: Back,
}

/// Puts a connection back, then ends the turn.
#[derive(Debug)]
struct Back {
    slot: Slot,
    home: Arc<Shared>,
    _turn: OwnedSemaphorePermit,
}

impl Readers {
    /// At most so many at once; who finds all in use waits for so long.
    pub(crate) fn new(options: SqliteConnectOptions, most: u32, patience: Duration) -> Self {
        Self::of(options, false, most, patience)
    }

    /// As [`new`](Self::new), of a file that does not change.
    pub(crate) fn immutable(options: SqliteConnectOptions, most: u32, patience: Duration) -> Self {
        Self::of(options.immutable(true), true, most, patience)
    }

    fn of(options: SqliteConnectOptions, is_immutable: bool, most: u32, patience: Duration) -> Self {
        Self(Arc::new(Shared {
            options,
            is_immutable,
            most,
            patience,
            turns: Arc::new(Semaphore::new(most as usize)),
            resting: Mutex::default(),
        }))
    }

    /// Others of the same file, none of them open yet.
    pub(crate) fn anew(&self, most: u32) -> Self {
        let options = self.0.options.clone();
        Self::of(options, self.0.is_immutable, most, self.0.patience)
    }

    /// A connection, in its turn.
    pub(crate) async fn reader(&self) -> sqlx::Result<Reader> {
        let turns = Arc::clone(&self.0.turns);
        let turn = match Arc::clone(&turns).try_acquire_owned() {
            Ok(turn) => turn,
            Err(_) => tokio::time::timeout(self.0.patience, turns.acquire_owned())
                .await
                .map_err(|_| sqlx::Error::PoolTimedOut)?
                .map_err(|_| sqlx::Error::PoolClosed)?,
        };
        let rested = self.0.rested().pop();
        let slot = match rested {
            Some(slot) => slot,
            None => Arc::new(self.0.options.connect().await?.into()),
        };
        Ok(Reader {
            connection: Arc::clone(&slot).lock_owned().await,
            _back: Back {
                slot,
                home: Arc::clone(&self.0),
                _turn: turn,
            },
        })
    }

    /// Whether they take the file for one that does not change.
    pub(crate) fn is_immutable(&self) -> bool {
        self.0.is_immutable
    }

    /// A connection of its own, for what takes long.
    pub(crate) async fn connect(&self) -> sqlx::Result<SqliteConnection> {
        self.0.options.connect().await
    }

    /// How many there are. Who is just opened counts as open.
    pub(crate) fn pool(&self) -> Pool {
        let idle = u32::try_from(self.0.rested().len()).unwrap_or(u32::MAX);
        let free = u32::try_from(self.0.turns.available_permits()).unwrap_or(u32::MAX);
        Pool {
            role: "readers",
            most: self.0.most,
            open: self
                .0
                .most
                .saturating_sub(free)
                .saturating_add(idle)
                .min(self.0.most),
            idle,
        }
    }

    /// Waits for those in use and closes all.
    pub(crate) async fn close(&self) {
        let _all = self.0.turns.acquire_many(self.0.most).await;
        self.0.turns.close();
        let resting = std::mem::take(&mut *self.0.rested());
        // Nobody has one: every turn is taken.
        for connection in resting.into_iter().filter_map(Arc::into_inner) {
            // What is wrong with a connection that only read matters to nobody any more.
            let _ = connection.into_inner().close().await;
        }
    }

    #[cfg(test)]
    pub(crate) fn resting(&self) -> usize {
        self.0.rested().len()
    }
}

impl Shared {
    fn rested(&self) -> std::sync::MutexGuard<'_, Vec<Slot>> {
        // Nothing that holds the lock can leave it half done.
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Back {
    fn drop(&mut self) {
        if !self.home.turns.is_closed() {
            self.home.rested().push(Arc::clone(&self.slot));
        }
    }
}

impl Deref for Reader {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.connection
    }
}

impl DerefMut for Reader {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }
}

#[cfg(test)]
mod tests;
