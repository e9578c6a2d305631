//! How PostgreSQL is connected to: settings of a session, and the pool.

use std::time::Duration;

use registry_core::{Error, Result};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection, Executor, PgConnection, PgPool, Row};

use crate::options::ConnectOptions;
use crate::{deadline, error, pooler, transaction};

/// A connection that rested for longer is asked whether it still lives before it is used.
const RESTED: Duration = Duration::from_secs(5);

/// How long it may take to say so.
const ALIVE: Duration = Duration::from_secs(2);

/// Has the server look once in a second whether somebody still waits for the answer: without it, what was given up goes
/// on until its time is over, while the pool has opened another.
const WAITED_FOR: &str = "SET client_connection_check_interval = 1000";

/// The connections of a store, opened when they are needed.
pub(crate) fn pool(options: &ConnectOptions) -> PgPool {
    let pool = PgPoolOptions::new()
        .max_connections(options.pool_size)
        .acquire_timeout(options.connect_timeout)
        .test_before_acquire(false);
    let pool = if options.pooler {
        let settings = settings(options, options.statement_timeout);
        pooler::pool(pool, &pooler::beginning(&settings))
    } else {
        pool.after_connect(|connection, _| {
            Box::pin(async move {
                // Some systems cannot tell it, and refuse; what else is wrong shows with the next statement.
                let _ = connection.execute(WAITED_FOR).await;
                Ok(())
            })
        })
        .before_acquire(|connection, state| {
            Box::pin(async move {
                if state.idle_for > RESTED {
                    deadline::within(ALIVE, connection.ping()).await?;
                }
                Ok(true)
            })
        })
    };
    pool.connect_lazy_with(session(options, options.statement_timeout))
}

/// One connection, for something that takes as long as it takes; behind a pooler, in a transaction. Unlike the pool it
/// does not try again. It ends with [`close`].
pub(crate) async fn single(options: &ConnectOptions) -> Result<PgConnection> {
    options.tls().check_files()?;
    let location = options.location();
    let failed = |error| error::meaning(&location, "connect to the server", error);
    let connecting = async {
        let mut connection = session(options, Duration::ZERO).connect().await.map_err(failed)?;
        if options.pooler {
            let beginning = pooler::beginning(&settings(options, Duration::ZERO));
            pooler::begin(&mut connection, beginning).await.map_err(failed)?;
        } else if !has_settings(&mut connection).await.map_err(failed)? {
            return Err(Error::Unreachable {
                location: location.clone(),
                problem: format!(
                    "the settings of a session do not come to the server; {}",
                    pooler::ADVICE
                ),
            });
        }
        Ok(connection)
    };
    answered(options, connecting).await
}

/// What the server says of itself, if it does while a connection is waited for.
pub(crate) async fn answered<T>(
    options: &ConnectOptions,
    answer: impl Future<Output = Result<T>>,
) -> Result<T> {
    match tokio::time::timeout(options.connect_timeout, Box::pin(answer)).await {
        Ok(answer) => answer,
        Err(_) => Err(Error::Unreachable {
            location: options.location(),
            problem: "the server did not answer".into(),
        }),
    }
}

/// Behind a pooler: another transaction, which has looked at nothing yet.
pub(crate) async fn renew(connection: &mut PgConnection, options: &ConnectOptions) -> sqlx::Result<()> {
    if connection.is_in_transaction() {
        transaction::rollback(connection).await?;
        let beginning = pooler::beginning(&settings(options, Duration::ZERO));
        pooler::begin(connection, beginning).await?;
    }
    Ok(())
}

/// Ends a connection, and undoes what was not committed.
pub(crate) async fn close(mut connection: PgConnection) {
    // What was asked for is known; the server notices the end by itself.
    deadline::soon(async {
        if connection.is_in_transaction() {
            let _ = transaction::rollback(&mut connection).await;
        }
        let _ = connection.close().await;
    })
    .await;
}

/// Whether the server knows the settings of this session: a pooler may have kept them to itself, and with them the schema.
async fn has_settings(connection: &mut PgConnection) -> sqlx::Result<bool> {
    let (name, value) = PLANNER[0];
    let shown = connection
        .fetch_one(sqlx::AssertSqlSafe(format!("SHOW {name}")))
        .await?;
    Ok(shown.try_get::<String, _>(0)? == value)
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

/// What holds for everything that is done over a connection.
fn settings(options: &ConnectOptions, statement_timeout: Duration) -> Vec<(&'static str, String)> {
    let milliseconds = |time: Duration| time.as_millis().to_string();
    let mut settings: Vec<_> = PLANNER
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect();
    if let Some(schema) = options.schema() {
        settings.push(("search_path", schema.to_owned()));
    }
    // Whoever waited for a lock must see what the other has done, whatever a database or role has for its default.
    settings.push(("default_transaction_isolation", "read committed".to_owned()));
    settings.push(("statement_timeout", milliseconds(statement_timeout)));
    settings.push((
        "idle_in_transaction_session_timeout",
        milliseconds(options.idle_in_transaction_timeout),
    ));
    settings
}

fn session(options: &ConnectOptions, statement_timeout: Duration) -> PgConnectOptions {
    let mut session = options.driver().clone().disable_statement_logging();
    if session.get_application_name().is_none() {
        session = session.application_name("model-registry");
    }
    if options.pooler {
        pooler::driver(session)
    } else {
        session.options(settings(options, statement_timeout))
    }
}
