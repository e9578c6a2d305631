//! The turn: the connection on its way through the line, with the transaction that is open on it.
//!
//! The one invariant: whatever happens to the task that holds a turn, nothing unfinished is committed, nobody is
//! answered before the commit, and the next in line gets its turn.

use std::sync::Arc;
use std::time::Instant;

use sqlx::{ConnectOptions, Connection, Executor, SqliteConnection};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::{Line, SharedError};
use crate::error;

/// Begins, with the pages that the connection keeps at most: 16 MiB. [`MORE_ROOM`] holds until then.
const BEGIN: &str = "PRAGMA cache_size = -16384; BEGIN IMMEDIATE";
/// 32 MiB for what is left of a transaction: with less, a large one writes the same pages of the indexes again and again.
pub(crate) const MORE_ROOM: &str = "PRAGMA cache_size = -32768";

/// What a write hears of its commit.
pub(super) type Outcome = Result<(), SharedError>;

/// Where the connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Point {
    /// In no transaction.
    Outside,
    /// In a transaction of one, or on the way into it or out of it. To undo: ROLLBACK.
    Alone,
    /// In a transaction in which all that was done is finished.
    Shared {
        /// The last of it stands above a savepoint, which is not needed any more.
        savepoint: bool,
    },
    /// As [`Shared`](Self::Shared), and a savepoint may have been set or not: nobody can join any more.
    Sealed,
    /// Above a savepoint, in work that is not finished. To undo: ROLLBACK TO.
    Joined,
    /// The turn was handed on; what is left is a shell.
    Gone,
}

#[derive(Debug)]
pub(super) struct Turn {
    line: Arc<Line>,
    /// Where an open transaction is brought to its end when the task that holds the turn is dropped.
    runtime: Handle,
    connection: Option<SqliteConnection>,
    point: Point,
    opened: Instant,
    /// Those who wait for the commit.
    members: Vec<oneshot::Sender<Outcome>>,
    /// Why a statement of the write under way failed. SQLite may have rolled back everything by itself.
    pub(super) failure: Option<SharedError>,
    /// The task that brings it to its end holds it: if that is dropped too, the connection is.
    settling: bool,
}

impl Turn {
    pub(super) fn new(line: Arc<Line>, runtime: Handle, connection: Option<SqliteConnection>) -> Self {
        Self {
            line,
            runtime,
            connection,
            point: Point::Outside,
            opened: Instant::now(),
            members: Vec::new(),
            failure: None,
            settling: false,
        }
    }

    pub(super) fn connection(&mut self) -> sqlx::Result<&mut SqliteConnection> {
        self.connection.as_mut().ok_or(sqlx::Error::WorkerCrashed)
    }

    /// The connection, for good; only where it is in no transaction.
    pub(super) fn take_connection(&mut self) -> Option<SqliteConnection> {
        self.connection.take()
    }

    async fn execute(&mut self, statement: &'static str) -> sqlx::Result<()> {
        self.connection()?.execute(statement).await?;
        Ok(())
    }

    /// Begins a transaction, or a part of the open one, for a task of this runtime.
    pub(super) async fn enter(&mut self) -> sqlx::Result<()> {
        self.runtime = Handle::current();
        self.failure = None;
        let Point::Shared { savepoint } = self.point else {
            return self.begin().await;
        };
        self.point = Point::Sealed;
        let statement = if savepoint {
            "RELEASE member; SAVEPOINT member"
        } else {
            // Every statement before it succeeded, so SQLite has not ended the transaction by itself.
            "SAVEPOINT member"
        };
        self.execute(statement).await?;
        self.point = Point::Joined;
        Ok(())
    }

    async fn begin(&mut self) -> sqlx::Result<()> {
        if self.connection.is_none() {
            self.connection = Some(self.line.options.connect().await?);
        }
        self.point = Point::Alone;
        let begun = self.execute(BEGIN).await;
        self.opened = Instant::now();
        if let Err(error) = &begun {
            self.point = Point::Outside;
            if !error::is_busy(error) {
                self.discard().await;
            }
        }
        begun
    }

    /// Ends the write under way with all that it did, and waits until that is durable.
    pub(super) async fn commit(mut self) -> Outcome {
        if self.members.is_empty() && !self.line.is_awaited() {
            // If this is dropped on the way, what is committed by then is found out by a ROLLBACK that fails.
            let committed = self.execute("COMMIT").await;
            return self.ended(committed.map_err(Arc::new)).await;
        }
        self.point = Point::Shared {
            savepoint: self.point == Point::Joined,
        };
        self.wait_for_the_others().await
    }

    /// Ends the write under way without anything that it did. It may have seen what others did in the same
    /// transaction, and says so to its caller: so it waits until that is durable.
    pub(super) async fn rollback(mut self) -> Outcome {
        self.undo().await?;
        match self.point {
            Point::Shared { .. } => self.wait_for_the_others().await,
            _ => Ok(()),
        }
    }

    async fn wait_for_the_others(mut self) -> Outcome {
        let (member, outcome) = oneshot::channel();
        self.members.push(member);
        if let Some(turn) = self.hand_on() {
            turn.settle();
        }
        let lost = |_| Err(Arc::new(sqlx::Error::WorkerCrashed));
        outcome.await.unwrap_or_else(lost)
    }

    /// Undoes the write under way. On an error all that the others did is undone with it.
    async fn undo(&mut self) -> Outcome {
        match self.point {
            Point::Alone => {
                if self.execute("ROLLBACK").await.is_err() {
                    // No transaction any more, or a connection that is of no use.
                    self.discard().await;
                }
                self.point = Point::Outside;
                Ok(())
            }
            Point::Joined => match self.execute("ROLLBACK TO member").await {
                Ok(()) => {
                    self.point = Point::Shared { savepoint: true };
                    Ok(())
                }
                // The savepoint is gone: SQLite rolled back everything at the failure that it had.
                Err(error) => {
                    let cause = self.failure.take().unwrap_or_else(|| Arc::new(error));
                    self.ended(Err(cause)).await
                }
            },
            Point::Outside | Point::Shared { .. } | Point::Sealed | Point::Gone => Ok(()),
        }
    }

    /// The transaction came to its end, with this result for everybody.
    async fn ended(&mut self, outcome: Outcome) -> Outcome {
        self.point = Point::Outside;
        for member in self.members.drain(..) {
            // Who went away doesn't hear it.
            let _ = member.send(outcome.clone());
        }
        if outcome.is_err() {
            self.discard().await;
        }
        outcome
    }

    /// Closes the connection, which rolls back whatever is open on it. The next turn opens another.
    async fn discard(&mut self) {
        if let Some(connection) = self.connection.take() {
            // Dropped on the way, or failing, it closes all the same.
            let _ = connection.close().await;
        }
    }

    /// Brings an open transaction to its end: without the work that isn't finished, with all other work. In a task of
    /// its own, since the caller may go away and is not the only one who waits.
    fn settle(mut self) {
        // Before the task exists: a runtime that ends drops it without a beginning.
        self.settling = true;
        self.runtime.clone().spawn(self.settling());
    }

    async fn settling(mut self) {
        // An error has been told to everybody whom it concerns.
        let _ = self.undo().await;
        if let Point::Shared { .. } = self.point {
            let Some(turn) = self.hand_on() else {
                return;
            };
            self = turn;
            self.settling = true;
        }
        if let Point::Shared { .. } | Point::Sealed = self.point {
            let committed = self.execute("COMMIT").await;
            let _ = self.ended(committed.map_err(Arc::new)).await;
        }
    }

    /// Lets the next in line join the open transaction; the turn comes back when nobody may.
    fn hand_on(mut self) -> Option<Self> {
        self.settling = false;
        let limits = self.line.limits;
        while self.members.len() < limits.members && self.opened.elapsed() < limits.open {
            let next = {
                let mut state = self.line.state();
                if state.closed { None } else { state.next() }
            };
            let Some(next) = next else {
                break;
            };
            match next.send(self) {
                Ok(()) => return None,
                Err(turn) => self = turn,
            }
        }
        Some(self)
    }

    /// What this turn holds as a turn of its own; the shell stays.
    fn moved(&mut self) -> Self {
        Self {
            line: Arc::clone(&self.line),
            runtime: self.runtime.clone(),
            connection: self.connection.take(),
            point: std::mem::replace(&mut self.point, Point::Gone),
            opened: self.opened,
            members: std::mem::take(&mut self.members),
            failure: self.failure.take(),
            settling: self.settling,
        }
    }

    /// Gives the turn to the next in line, in no transaction, or lets the connection rest.
    fn give_away(mut self) {
        self.settling = false;
        loop {
            let next = {
                let mut state = self.line.state();
                let Some(next) = state.next() else {
                    state.taken = false;
                    state.resting = self.connection.take();
                    self.point = Point::Gone;
                    return;
                };
                next
            };
            match next.send(self) {
                Ok(()) => return,
                Err(turn) => self = turn,
            }
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        match self.point {
            Point::Gone => {}
            Point::Outside => self.moved().give_away(),
            _ if !self.settling => self.moved().settle(),
            _ => {
                // The runtime ends. Closing the connection rolls back; the members hear that their answer is lost.
                self.connection = None;
                self.members.clear();
                self.point = Point::Outside;
                self.moved().give_away();
            }
        }
    }
}
