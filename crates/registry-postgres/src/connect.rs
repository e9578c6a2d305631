//! How PostgreSQL is connected to: settings of a session, and the pool.

use std::time::Duration;

use registry_core::{Error, Result};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection, PgConnection, PgPool};

use crate::error;
use crate::options::ConnectOptions;

/// A connection that rested for longer is asked whether it still lives before it is used.
const RESTED: Duration = Duration::from_secs(5);

/// The connections of a store, opened when they are needed.
pub(crate) fn pool(options: &ConnectOptions) -> PgPool {
    PgPoolOptions::new()
        .max_connections(options.pool_size)
        .acquire_timeout(options.connect_timeout)
        .test_before_acquire(false)
        .before_acquire(|connection, state| {
            Box::pin(async move {
                if state.idle_for > RESTED {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_lazy_with(session(options, options.statement_timeout))
}

/// One connection, for something that takes as long as it takes. Unlike the pool it does not try again.
pub(crate) async fn single(options: &ConnectOptions) -> Result<PgConnection> {
    let session = session(options, Duration::ZERO);
    match tokio::time::timeout(options.connect_timeout, session.connect()).await {
        Ok(connected) => {
            connected.map_err(|error| error::meaning(&options.location(), "connect to the server", error))
        }
        Err(_) => Err(Error::Unreachable {
            location: options.location(),
            problem: "the server did not answer".into(),
        }),
    }
}

/// Every statement has an index that serves it. A plan made while a table is small, or before there are statistics, must
/// not read the whole of it later, and none is worth compiling or dividing among processes: that also keeps the parts
/// of a page in their order.
const PLANNER: &[(&str, &str)] = &[
    ("enable_seqscan", "off"),
    ("enable_bitmapscan", "off"),
    // Pages are in memory, or on a disk without arms.
    ("random_page_cost", "1.1"),
    // Statements are made so that one plan is good for any values; to plan at each call costs more than what it saves.
    ("plan_cache_mode", "force_generic_plan"),
    // Models are looked up by ids that come once each.
    ("enable_memoize", "off"),
    ("jit", "off"),
    ("max_parallel_workers_per_gather", "0"),
];

fn session(options: &ConnectOptions, statement_timeout: Duration) -> PgConnectOptions {
    let milliseconds = |time: Duration| time.as_millis().to_string();
    let mut session = options.driver().clone().disable_statement_logging();
    if session.get_application_name().is_none() {
        session = session.application_name("model-registry");
    }
    if let Some(schema) = options.schema() {
        session = session.options([("search_path", schema)]);
    }
    session = session.options(PLANNER.iter().copied());
    session.options([
        ("statement_timeout", milliseconds(statement_timeout)),
        (
            "idle_in_transaction_session_timeout",
            milliseconds(options.idle_in_transaction_timeout),
        ),
    ])
}
