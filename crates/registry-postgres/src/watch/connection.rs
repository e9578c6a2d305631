//! The connection of one who looks: it listens, and answers questions. Behind a pooler nobody can listen; there it
//! only answers.

use std::ops::{Deref, DerefMut};
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgListener, PgPoolOptions};
use sqlx::{Acquire, PgConnection, PgPool, Postgres};

use crate::connections::Connections;
use crate::deadline;

/// How long a question may take before its connection counts as lost.
pub(super) const DEADLINE: Duration = Duration::from_secs(30);

/// A connection, or how to make one.
pub(super) struct Connection {
    like: PgPool,
    pooler: bool,
    open: Option<Open>,
}

enum Open {
    Listening(PgListener),
    /// A pool of one, each time with a session that lasts for a question.
    Asking(PgPool),
}

/// What a question is asked in.
pub(super) enum Session<'a> {
    Lasting(&'a mut PgConnection),
    Passing(PoolConnection<Postgres>),
}

impl Connection {
    /// With the settings of these, and none of them.
    pub(super) fn like(connections: &Connections, pooler: bool) -> Self {
        Self {
            like: connections.pool().clone(),
            pooler,
            open: None,
        }
    }

    /// Connects and listens, unless it does. `false`: the server is a replica, on which nobody can listen.
    pub(super) async fn open(&mut self) -> sqlx::Result<bool> {
        if self.open.is_none() {
            self.open = deadline::within(DEADLINE, async {
                if self.pooler {
                    ask(&self.like).await
                } else {
                    listen(&self.like).await
                }
            })
            .await?;
        }
        Ok(self.open.is_some())
    }

    /// For a question, while it is [`open`](Self::open).
    pub(super) async fn session(&mut self) -> sqlx::Result<Session<'_>> {
        match &mut self.open {
            Some(Open::Listening(listener)) => Ok(Session::Lasting(listener.acquire().await?)),
            Some(Open::Asking(pool)) => Ok(Session::Passing(pool.acquire().await?)),
            None => Err(sqlx::Error::PoolClosed),
        }
    }

    /// Lets go of it.
    pub(super) fn drop(&mut self) {
        self.open = None;
    }

    /// Waits until it is told of something, or so long. `false`: the connection is lost.
    pub(super) async fn notified(&mut self, at_most: Duration) -> bool {
        let listener = match &mut self.open {
            Some(Open::Listening(listener)) => listener,
            Some(Open::Asking(_)) => {
                tokio::time::sleep(at_most).await;
                return true;
            }
            None => return false,
        };
        let Ok(notified) = tokio::time::timeout(at_most, listener.try_recv()).await else {
            return true;
        };
        // What was told several times is one reason to look.
        while listener.next_buffered().is_some() {}
        matches!(notified, Ok(Some(_)))
    }
}

impl Deref for Session<'_> {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        match self {
            Self::Lasting(connection) => connection,
            Self::Passing(connection) => connection,
        }
    }
}

impl DerefMut for Session<'_> {
    fn deref_mut(&mut self) -> &mut PgConnection {
        match self {
            Self::Lasting(connection) => connection,
            Self::Passing(connection) => connection,
        }
    }
}

/// A pool of one, so that nothing is left of a connection that broke.
async fn listen(like: &PgPool) -> sqlx::Result<Option<Open>> {
    let pool = of_one(PgPoolOptions::new(), like);
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.eager_reconnect(false);
    let channel = {
        let connection: &mut PgConnection = listener.acquire().await?;
        sqlx::query_file!("queries/watch/channel.sql")
            .fetch_one(connection)
            .await?
    };
    if channel.replica {
        return Ok(None);
    }
    listener.listen(&channel.channel).await?;
    Ok(Some(Open::Listening(listener)))
}

async fn ask(like: &PgPool) -> sqlx::Result<Option<Open>> {
    let pool = of_one(like.options().clone(), like);
    let channel = sqlx::query_file!("queries/watch/channel.sql")
        .fetch_one(&pool)
        .await?;
    Ok((!channel.replica).then_some(Open::Asking(pool)))
}

fn of_one(options: PgPoolOptions, like: &PgPool) -> PgPool {
    options
        .max_connections(1)
        .max_lifetime(None)
        .idle_timeout(None)
        .acquire_timeout(like.options().get_acquire_timeout())
        .connect_lazy_with((*like.connect_options()).clone())
}
