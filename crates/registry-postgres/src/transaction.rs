//! Transactions on a connection of a pool.
//!
//! Like those of sqlx, but where a connection comes with a transaction begun, as behind a pooler (`pooler.rs`), it is that
//! one: its end is the end, and not a savepoint's.

use std::ops::{Deref, DerefMut};

use sqlx::postgres::PgTransactionManager;
use sqlx::{Connection, Executor, PgConnection, SqlSafeStr, SqlStr};
use sqlx_core::transaction::TransactionManager;

use crate::connections::{Connections, Lent};
use crate::deadline::{self, Deadline};
use crate::error;

/// What a transaction sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Each statement what is committed when it begins.
    Current,
    /// All statements the same moment; it only reads.
    View,
}

impl Kind {
    fn begin(self) -> &'static str {
        match self {
            Self::Current => "BEGIN",
            Self::View => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }

    /// The same for one that has begun.
    fn begun(self) -> Option<&'static str> {
        match self {
            Self::Current => None,
            Self::View => Some("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"),
        }
    }
}

/// A transaction; one that is dropped before its end is rolled back.
pub(crate) struct Transaction {
    connection: Lent,
    open: bool,
}

impl Transaction {
    /// Begins one, on another connection when the first turns out to be dead: each that there is may be.
    pub(crate) async fn begin(connections: &Connections, kind: Kind) -> sqlx::Result<Self> {
        let mut dead = connections.size();
        loop {
            match Self::try_begin(connections, kind).await {
                Err(error) if dead > 0 && error::is_lost(&error) => dead -= 1,
                begun => return begun,
            }
        }
    }

    async fn try_begin(connections: &Connections, kind: Kind) -> sqlx::Result<Self> {
        let mut transaction = Self {
            connection: connections.lend().await?,
            open: true,
        };
        let connection = &mut *transaction.connection;
        let beginning = async {
            if !connection.is_in_transaction() {
                return begin(connection, kind.begin().into_sql_str()).await;
            }
            match kind.begun() {
                Some(statement) => connection.execute(statement).await.map(drop),
                None => Ok(()),
            }
        };
        match connections.deadline().keep(1, beginning).await {
            Ok(()) => Ok(transaction),
            Err(error) => {
                transaction.give_up();
                Err(error)
            }
        }
    }

    pub(crate) async fn commit(mut self, deadline: Deadline) -> sqlx::Result<()> {
        let committed = deadline.keep(1, commit(&mut self.connection)).await;
        self.end(committed)
    }

    pub(crate) async fn rollback(mut self) -> sqlx::Result<()> {
        let Some(undone) = deadline::soon(rollback(&mut self.connection)).await else {
            // Then the server does it, when it notices.
            self.give_up();
            return Ok(());
        };
        self.end(undone)
    }

    fn end(&mut self, ended: sqlx::Result<()>) -> sqlx::Result<()> {
        match ended {
            Ok(()) => self.open = false,
            Err(_) => self.give_up(),
        }
        ended
    }

    /// Lets the connection go instead of giving it back.
    fn give_up(&mut self) {
        self.open = false;
        self.connection.give_up();
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if self.open {
            PgTransactionManager::start_rollback(&mut self.connection);
        }
    }
}

impl Deref for Transaction {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.connection
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.connection
    }
}

/// Begins a transaction on a connection by this statement.
pub(crate) async fn begin(connection: &mut PgConnection, statement: SqlStr) -> sqlx::Result<()> {
    PgTransactionManager::begin(connection, Some(statement)).await
}

/// Commits the transaction of a connection.
pub(crate) async fn commit(connection: &mut PgConnection) -> sqlx::Result<()> {
    PgTransactionManager::commit(connection).await
}

/// Rolls back the transaction of a connection.
pub(crate) async fn rollback(connection: &mut PgConnection) -> sqlx::Result<()> {
    PgTransactionManager::rollback(connection).await
}
