//! The connection of one who follows: it listens, and answers questions.

use std::io;
use std::time::Duration;

use sqlx::postgres::{PgListener, PgPoolOptions};
use sqlx::{Acquire, PgConnection, PgPool};

/// How long a question may take before its connection counts as lost.
const DEADLINE: Duration = Duration::from_secs(30);

/// A connection, or how to make one.
pub(super) struct Connection {
    like: PgPool,
    open: Option<PgListener>,
}

impl Connection {
    /// With the settings of this pool, and none of its connections.
    pub(super) fn like(pool: &PgPool) -> Self {
        Self {
            like: pool.clone(),
            open: None,
        }
    }

    /// Connects and listens, unless it does. `None`: the server is a replica, on which nobody can listen.
    pub(super) async fn open(&mut self) -> sqlx::Result<Option<&mut PgListener>> {
        if self.open.is_none() {
            self.open = in_time(listen(&self.like)).await?;
        }
        Ok(self.open.as_mut())
    }

    /// Lets go of it.
    pub(super) fn drop(&mut self) {
        self.open = None;
    }

    /// Waits until it is told of something, or so long. `false`: the connection is lost.
    pub(super) async fn notified(&mut self, at_most: Duration) -> bool {
        let Some(listener) = &mut self.open else {
            return false;
        };
        let Ok(notified) = tokio::time::timeout(at_most, listener.try_recv()).await else {
            return true;
        };
        // What was told several times is one reason to look.
        while listener.next_buffered().is_some() {}
        matches!(notified, Ok(Some(_)))
    }
}

/// A pool of one, so that nothing is left of a connection that broke.
async fn listen(like: &PgPool) -> sqlx::Result<Option<PgListener>> {
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .max_lifetime(None)
        .idle_timeout(None)
        .acquire_timeout(like.options().get_acquire_timeout())
        .connect_lazy_with((*like.connect_options()).clone());
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
    Ok(Some(listener))
}

/// The answer, if it comes in time.
pub(super) async fn in_time<T>(question: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    match tokio::time::timeout(DEADLINE, question).await {
        Ok(answer) => answer,
        Err(_) => Err(sqlx::Error::Io(io::Error::new(
            io::ErrorKind::TimedOut,
            "the server did not answer",
        ))),
    }
}
