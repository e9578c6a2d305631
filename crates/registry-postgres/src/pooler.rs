//! Working through a pooler, such as pgbouncer in transaction mode, that gives each transaction another session of the
//! server.
//!
//! So nothing may outlive a transaction, and nothing may happen outside of one. Each time that a connection is taken
//! from the pool it therefore begins a transaction, with the settings that else belong to the session, and that ends
//! when it is given back. Prepared statements have names that others may have used in the same session: they are
//! forgotten before.

use std::fmt::Write;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqlSafeStr};

use crate::transaction;

/// What to do about a pooler that is not known to be there.
pub(crate) const ADVICE: &str =
    "if a pooler such as pgbouncer is in between, add `pooler=transaction` to the address";

/// What makes a transaction ready, in one message. `DEALLOCATE` has a transaction of its own: behind it the next
/// could not choose what it sees.
pub(crate) fn beginning(settings: &[(&'static str, String)]) -> String {
    let mut statements = "BEGIN; DEALLOCATE ALL; COMMIT; BEGIN ISOLATION LEVEL READ COMMITTED".to_owned();
    for (name, value) in settings {
        // Names are ours, values are numbers, words and checked names of schemas.
        let _ = write!(statements, "; SET LOCAL {name} = '{value}'");
    }
    statements
}

/// A driver that asks for nothing that a pooler does not have.
pub(crate) fn driver(driver: PgConnectOptions) -> PgConnectOptions {
    driver.extra_float_digits(None).statement_cache_capacity(0)
}

/// A pool whose connections come with a transaction.
pub(crate) fn pool(options: PgPoolOptions, beginning: &str) -> PgPoolOptions {
    let (first, next) = (beginning.to_owned(), beginning.to_owned());
    options
        .after_connect(move |connection, _| {
            let beginning = first.clone();
            Box::pin(async move { begin(connection, beginning).await })
        })
        .before_acquire(move |connection, _| {
            let beginning = next.clone();
            Box::pin(async move { begin(connection, beginning).await.map(|()| true) })
        })
        .after_release(|connection, _| {
            Box::pin(async move {
                if connection.is_in_transaction() {
                    transaction::rollback(connection).await?;
                }
                Ok(true)
            })
        })
}

/// Begins a transaction on a connection.
pub(crate) async fn begin(connection: &mut PgConnection, beginning: String) -> sqlx::Result<()> {
    transaction::begin(connection, AssertSqlSafe(beginning).into_sql_str()).await
}
