//! Who writes when: one at a time, in the order in which they came, and those who come together in one transaction.
//!
//! Nothing of the registry stands here, only BEGIN, SAVEPOINT and COMMIT. The connection goes from hand to hand: who
//! holds the [`Turn`] has it. A write that finds nobody in line behind it commits by itself. Else it leaves its work
//! in the open transaction, hands the turn on and waits; whoever is last has all of it committed, and only then is
//! anybody answered.

mod turn;
mod tx;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

pub(crate) use turn::MORE_ROOM;
use turn::Turn;
pub(crate) use tx::Tx;

/// The error of one, told to several.
pub(crate) type SharedError = Arc<sqlx::Error>;

/// The one connection that writes, opened at the first write, and the line before it.
#[derive(Debug, Clone)]
pub(crate) struct Writer {
    line: Arc<Line>,
}

/// How long others are kept waiting.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// How long a task waits for its turn.
    pub(crate) turn: Duration,
    /// How many writes share a commit at most.
    pub(crate) members: usize,
    /// How long a transaction stays open for others to join: other processes wait for the file meanwhile.
    pub(crate) open: Duration,
}

#[derive(Debug)]
struct Line {
    options: SqliteConnectOptions,
    limits: Limits,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Somebody holds the turn, and with it the connection.
    taken: bool,
    closed: bool,
    /// The connection while nobody holds the turn.
    resting: Option<SqliteConnection>,
    waiting: VecDeque<oneshot::Sender<Turn>>,
}

enum Place {
    First(Turn),
    Behind(oneshot::Receiver<Turn>),
}

impl Writer {
    pub(crate) fn new(options: SqliteConnectOptions, limits: Limits) -> Self {
        Self {
            line: Arc::new(Line {
                options,
                limits,
                state: Mutex::default(),
            }),
        }
    }

    /// Waits for the turn and begins: a transaction, or a part in one that is open.
    pub(crate) async fn begin(&self) -> sqlx::Result<Tx> {
        let mut turn = self.line.turn().await?;
        turn.enter().await?;
        Ok(Tx::new(turn))
    }

    /// Refuses whoever waits or comes from now on, waits for what is under way, and closes the connection.
    pub(crate) async fn close(&self) {
        let runtime = Handle::current();
        let (refused, place) = {
            let mut state = self.line.state();
            let refused = if state.closed {
                // Those in line are others who close.
                VecDeque::new()
            } else {
                std::mem::take(&mut state.waiting)
            };
            state.closed = true;
            (refused, self.line.place(&mut state, runtime))
        };
        drop(refused);
        let turn = match place {
            Place::First(turn) => Some(turn),
            Place::Behind(turn) => turn.await.ok(),
        };
        if let Some(mut turn) = turn
            && let Some(connection) = turn.take_connection()
        {
            // It is at rest: nothing can be lost by a failure.
            let _ = connection.close().await;
        }
    }
}

impl Line {
    fn state(&self) -> MutexGuard<'_, State> {
        // No code that can panic runs while it is locked.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn turn(self: &Arc<Self>) -> sqlx::Result<Turn> {
        let runtime = Handle::current();
        let place = {
            let mut state = self.state();
            if state.closed {
                return Err(sqlx::Error::PoolClosed);
            }
            self.place(&mut state, runtime)
        };
        match place {
            Place::First(turn) => Ok(turn),
            Place::Behind(turn) => match tokio::time::timeout(self.limits.turn, turn).await {
                Ok(turn) => turn.map_err(|_| sqlx::Error::PoolClosed),
                Err(_) => Err(sqlx::Error::PoolTimedOut),
            },
        }
    }

    fn place(self: &Arc<Self>, state: &mut State, runtime: Handle) -> Place {
        if state.taken {
            let (next, turn) = oneshot::channel();
            state.waiting.push_back(next);
            Place::Behind(turn)
        } else {
            state.taken = true;
            Place::First(Turn::new(Arc::clone(self), runtime, state.resting.take()))
        }
    }

    /// Whether somebody may join an open transaction.
    fn is_awaited(&self) -> bool {
        let state = self.state();
        !state.closed && state.waiting.iter().any(|next| !next.is_closed())
    }
}

impl State {
    /// Who is next in line and still there.
    fn next(&mut self) -> Option<oneshot::Sender<Turn>> {
        std::iter::from_fn(|| self.waiting.pop_front()).find(|next| !next.is_closed())
    }
}

#[cfg(test)]
mod tests;
