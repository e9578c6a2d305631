//! The connections to one server. Whoever asks over one is waited for no longer than the server can take; a connection
//! whose answer did not come is closed, and one that is given back has a moment to show that it is good.
//!
//! The driver's own pool would wait for both without an end: nobody else may take a connection from it.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use registry_core::{Error, Pool};
use sqlx::pool::PoolConnection;
use sqlx::postgres::PgPoolOptions;
use sqlx::{PgConnection, PgPool, Postgres};
use tokio::runtime::Handle;

use crate::deadline::{self, Deadline};
use crate::options::ConnectOptions;
use crate::{connect, error};

/// How long a connection may take until it is ready for the next: what was left of an answer is read, what was begun is
/// undone, and the server says that it is there.
const RETURN: Duration = Duration::from_secs(2);

/// The connections to one server, opened when they are needed. Cheap to clone; clones share them.
#[derive(Clone)]
pub(crate) struct Connections {
    location: Arc<str>,
    pool: PgPool,
    deadline: Deadline,
    /// How many are lent, or being given back.
    lent: Arc<AtomicU32>,
}

impl Connections {
    pub(crate) fn new(options: &ConnectOptions) -> Self {
        Self::of(
            options.location().into(),
            connect::pool(options),
            Deadline::new(options.statement_timeout),
        )
    }

    fn of(location: Arc<str>, pool: PgPool, deadline: Deadline) -> Self {
        Self {
            location,
            pool,
            deadline,
            lent: Arc::default(),
        }
    }

    /// Others to the same server, which open and close by themselves.
    pub(crate) fn anew(&self, options: impl FnOnce(PgPoolOptions) -> PgPoolOptions) -> Self {
        let driver = (*self.pool.connect_options()).clone();
        let pool = options(self.pool.options().clone()).connect_lazy_with(driver);
        Self::of(Arc::clone(&self.location), pool, self.deadline)
    }

    /// Where they lead, without secrets.
    pub(crate) fn location(&self) -> &str {
        &self.location
    }

    /// How long the server is waited for.
    pub(crate) fn deadline(&self) -> Deadline {
        self.deadline
    }

    pub(crate) fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// How many there are.
    pub(crate) fn size(&self) -> u32 {
        self.pool.size()
    }

    /// One of them, until it is dropped.
    pub(crate) async fn lend(&self) -> sqlx::Result<Lent> {
        let connection = self.pool.acquire().await?;
        Ok(Lent {
            connection,
            place: Some(Place::taken(&self.lent)),
            given_up: false,
        })
    }

    /// The answer to a question of so many statements, if it comes in time.
    pub(crate) async fn ask<T>(
        &self,
        statements: usize,
        question: impl AsyncFnOnce(&mut PgConnection) -> sqlx::Result<T>,
    ) -> sqlx::Result<T> {
        let mut lent = self.lend().await?;
        let answer = self.deadline.keep(statements, question(&mut lent)).await;
        if let Err(error) = &answer
            && error.as_database_error().is_none()
        {
            lent.give_up();
        }
        answer
    }

    /// Says what an error of them means.
    pub(crate) fn meaning(&self, action: &str, error: sqlx::Error) -> Error {
        match error {
            // The pool tries to connect until its time is up, and then does not say what it waited for.
            sqlx::Error::PoolTimedOut if !self.is_exhausted() => Error::Unreachable {
                location: self.location.to_string(),
                problem: "the server did not take a connection in time".into(),
            },
            error => error::meaning(&self.location, action, error),
        }
    }

    /// Whether others have all that there may be.
    fn is_exhausted(&self) -> bool {
        self.lent.load(Ordering::Relaxed) >= self.pool.options().get_max_connections()
    }

    /// How many are open.
    pub(crate) fn kept(&self, role: &'static str) -> Pool {
        Pool {
            role,
            most: self.pool.options().get_max_connections(),
            open: self.pool.size(),
            idle: u32::try_from(self.pool.num_idle()).unwrap_or(u32::MAX),
        }
    }

    /// Closes them, after what they are doing.
    pub(crate) async fn close(&self) {
        deadline::soon(self.pool.close()).await;
    }
}

/// A connection that is lent.
pub(crate) struct Lent {
    connection: PoolConnection<Postgres>,
    place: Option<Place>,
    given_up: bool,
}

/// One of those that are lent, counted until the pool can lend it again.
struct Place(Arc<AtomicU32>);

impl Place {
    fn taken(lent: &Arc<AtomicU32>) -> Self {
        lent.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(lent))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Lent {
    /// Has it closed instead of given back.
    pub(crate) fn give_up(&mut self) {
        self.given_up = true;
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if self.given_up {
            self.connection.close_on_drop();
            return;
        }
        // Dropped before its end, it lets the connection and its place in the pool go.
        let returning = self.connection.return_to_pool();
        let place = self.place.take();
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                let _place = place;
                tokio::time::timeout(RETURN, returning).await
            });
        }
    }
}

impl Deref for Lent {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.connection
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.connection
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_that_is_given_back_is_taken_until_the_pool_can_lend_it_again() {
        let server = throwaway_postgres::shared().unwrap_or_else(|error| panic!("{error}"));
        let mut options = ConnectOptions::parse(&server).unwrap();
        options.pool_size = 1;
        let connections = Connections::new(&options);
        assert!(!connections.is_exhausted());
        for _ in 0..3 {
            let lent = connections.lend().await.unwrap();
            assert!(connections.is_exhausted());
            drop(lent);
            // What gives it back has not run yet.
            assert!(connections.is_exhausted());
            let timed_out = connections.meaning("read", sqlx::Error::PoolTimedOut);
            assert_eq!(timed_out.code(), "busy");
        }
        let given_back = async {
            while connections.is_exhausted() {
                tokio::task::yield_now().await;
            }
        };
        deadline::soon(given_back).await.unwrap();
        let timed_out = connections.meaning("read", sqlx::Error::PoolTimedOut);
        assert_eq!(timed_out.code(), "unreachable");
        connections.close().await;
    }
}
