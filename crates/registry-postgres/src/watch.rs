//! Following the events, of which one with a lower id may be committed after one with a higher.
//!
//! Ids come from a sequence. Whoever takes one, or looks whether an old one is still good (`numbers.rs`), has a lock on
//! the sequence until his transaction ends, and the server lets go of locks only after others can see what was
//! committed. So an event behind a gap is handed out once everybody has ended who had that lock after the event was
//! seen: by then the rest is there, or was rolled back. Who comes later gets higher ids. Transactions that have nothing to
//! do with this registry's events hold up nobody; one that hangs does, until the server ends it or [`PATIENCE`] is over.
//!
//! Notifications only wake up; a look once in [`INTERVAL`] finds what none told of, as behind a pooler, where nobody can
//! listen. Everything goes over one connection
//! of the follower's own, which is made anew when it breaks.

mod connection;
mod gap;

use std::pin::Pin;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use registry_core::watch::Feed;
use registry_core::{Error, Event, EventId, Result};
use sqlx::PgConnection;

use self::connection::Connection;
use self::gap::Gap;
use crate::error;
use crate::store::PostgresStore;

/// How long a look at the events waits for a notification.
const INTERVAL: Duration = Duration::from_secs(1);
/// How often it is asked whether a gap is final.
const GAP_INTERVAL: Duration = Duration::from_millis(20);
/// How long a gap may stay open.
const PATIENCE: Duration = Duration::from_mins(5);
/// How long a lost connection is tried to be made anew.
const LOST: Duration = Duration::from_mins(1);
/// The first pause after a failure, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(5));

/// One who follows the events.
pub(crate) struct Follower {
    location: String,
    connection: Connection,
    gap: Gap,
    /// Since when events are held back.
    waiting: Option<Instant>,
    /// Since when the server cannot be asked, and the pause before the next attempt.
    lost: Option<(Instant, Duration)>,
}

impl Follower {
    /// Begins; the connection is made with the first question.
    pub(crate) fn begin(store: &PostgresStore) -> Self {
        Self {
            location: store.location().to_owned(),
            connection: Connection::like(store),
            gap: Gap::default(),
            waiting: None,
            lost: None,
        }
    }

    /// Asks, again after a pause while the server cannot be reached.
    async fn ask<T>(&mut self, question: impl Question<T>) -> Result<T> {
        loop {
            let asked = match self.connection.open().await {
                Ok(true) => {
                    let gap = &mut self.gap;
                    let answer = async {
                        let mut session = self.connection.session().await?;
                        question(&mut session, gap).await
                    };
                    connection::in_time(answer).await
                }
                Ok(false) => {
                    return Err(Error::Unsupported {
                        location: self.location.clone(),
                        operation: "a stream of events",
                        instead: "follow the primary: a replica does not know which writes are still under way",
                    });
                }
                Err(error) => Err(error),
            };
            match asked {
                Ok(answer) => {
                    self.lost = None;
                    return Ok(answer);
                }
                Err(error) => self.recover(error).await?,
            }
        }
    }

    /// Pauses after a failure that may pass, or says what it was.
    async fn recover(&mut self, error: sqlx::Error) -> Result<()> {
        let error = error::meaning(&self.location, "follow the history", error);
        let passing = matches!(
            error,
            Error::Unreachable { .. } | Error::Busy { .. } | Error::TimedOut { .. }
        );
        self.connection.drop();
        let (since, pause) = self.lost.unwrap_or((Instant::now(), PAUSES.0));
        if !passing || since.elapsed() > LOST {
            return Err(error);
        }
        self.lost = Some((since, PAUSES.1.min(pause * 2)));
        tokio::time::sleep(pause).await;
        Ok(())
    }

    /// Waits a little for a gap, which is `open` or not.
    async fn hold(&mut self, open: bool) -> Result<()> {
        if !open {
            self.waiting = None;
            return Ok(());
        }
        if self.waiting.get_or_insert_with(Instant::now).elapsed() > PATIENCE {
            return Err(Error::TimedOut {
                location: self.location.clone(),
                action: "wait for the writes that may come before the next event".into(),
            });
        }
        tokio::time::sleep(GAP_INTERVAL).await;
        Ok(())
    }
}

/// What is asked over a connection.
trait Question<T>: for<'a> Fn(&'a mut PgConnection, &'a mut Gap) -> Answer<'a, T> + Send + Sync {}

impl<T, F> Question<T> for F where
    F: for<'a> Fn(&'a mut PgConnection, &'a mut Gap) -> Answer<'a, T> + Send + Sync
{
}

type Answer<'a, T> = Pin<Box<dyn Future<Output = sqlx::Result<T>> + Send + 'a>>;

#[async_trait]
impl Feed for Follower {
    async fn now(&mut self) -> Result<EventId> {
        let newest = self
            .ask(|connection, gap| Box::pin(gap.begin(connection)))
            .await?;
        while !self
            .ask(|connection, gap| Box::pin(gap.settle(connection)))
            .await?
        {
            self.hold(true).await?;
        }
        self.hold(false).await?;
        Ok(EventId(newest))
    }

    async fn after(&mut self, last: EventId, take: i64) -> Result<Vec<Result<Event>>> {
        let records = self
            .ask(move |connection, gap| Box::pin(gap.events(connection, last.0, take)))
            .await?;
        Ok(records.into_iter().map(Event::try_from).collect())
    }

    async fn changed(&mut self) -> Result<()> {
        let open = self.gap.is_open();
        self.hold(open).await?;
        if !open && !self.connection.notified(INTERVAL).await {
            self.connection.drop();
        }
        Ok(())
    }
}
